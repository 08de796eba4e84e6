import type { IncomingMessage } from 'node:http';
import type { Endpoint } from '../../endpoint.js';
import type { Recognition } from '../../model/index.js';
import type { PolicyNotices } from '../client/options.js';
import type { PolicyManagement } from '../decide/management.js';
import type { Decider, Identify } from '../decide/options.js';
import type { Application } from './commands/context.js';
import { ServerComplaints } from './complaints.js';
import { Guard } from './guard.js';
import { Listeners } from './listeners.js';
import type { PolicyServerOptions } from './options.js';

export interface PolicyServerPorts {
  readonly decider: Decider;
  readonly management: PolicyManagement;
  readonly identify: Identify;
  /** The name of what was recognised, as it is in login lines. */
  readonly clientName: (recognition: Recognition | null) => string | null;
  readonly notices: PolicyNotices;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number;
  /** Of the program, for the API's description. */
  readonly version: string;
}

/** Answers Dovecot's auth policy requests and wforce's commands over HTTP: docs/policy-server.md. */
export class PolicyServer {
  readonly #options: PolicyServerOptions;
  readonly #ports: PolicyServerPorts;
  readonly #complaints: ServerComplaints;
  readonly #guard: Guard;
  #listeners: Listeners | null = null;
  #application: Application | null = null;
  #isOpen = false;

  /** @throws TypeError for a network that is none */
  constructor(options: PolicyServerOptions, ports: PolicyServerPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#complaints = new ServerComplaints(ports.notices, ports.now);
    this.#guard = new Guard(options, this.#complaints);
  }

  /**
   * @returns where it listens, in the order of the options
   * @throws SensorError `policy_listen`
   */
  async listen(): Promise<readonly Endpoint[]> {
    const { decider, management, identify, clientName, now, version } = this.#ports;
    const guard = this.#guard;
    // Fastify and its plugins take 150 ms and 26 MB, which only those pay who listen.
    const [{ application }, { quickly }] = await Promise.all([import('./application.js'), import('./quickly.js')]);
    const isOpen = () => this.#isOpen;
    const unread = new WeakMap<IncomingMessage, Buffer>();
    const context = { decider, management, identify, clientName, now, guard, isOpen, unread };
    const app = await application(version, context, this.#complaints);
    this.#application = app;
    this.#listeners = new Listeners(
      quickly(context, (request, response) => app.routing(request, response)),
      (address) => guard.isStranger(address),
    );
    this.#isOpen = true;
    return this.#listeners.listen(this.#options);
  }

  /** Requests that are on their way are answered, for that many milliseconds at most. */
  async close(graceMs: number): Promise<void> {
    this.#isOpen = false;
    await this.#listeners?.close(graceMs);
    await this.#application?.close();
  }
}
