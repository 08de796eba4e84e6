import type { Accepted, Services } from './accepted.js';
import { backendDialogues, clientDialogue } from './dialogues.js';
import { INTRODUCTION_WAIT, MAX_TARPITS } from './limits.js';
import { BackendLinks } from './link/index.js';
import type { Admitted } from './listen/admission.js';
import type { ListenerOptions, ProxyOptions, ServerCertificates } from './options.js';
import { passThrough } from './passed-through/index.js';
import { Tarpits } from './policy/index.js';
import type { ProxyPorts } from './ports.js';
import { createRoutes } from './route/index.js';
import { ServerContexts } from './terminated/server-contexts.js';
import { TerminatedSession } from './terminated/session.js';

/** One configuration at work. Sessions keep the one they began with. */
export class Generation {
  readonly options: ProxyOptions;
  readonly #services: Services;
  readonly #links: BackendLinks;
  readonly #contexts = new Map<ServerCertificates, ServerContexts>();

  /** @throws SensorError for a route that leads nowhere; what OpenSSL says of a certificate or a cipher list it does not take */
  constructor(options: ProxyOptions, ports: ProxyPorts, ticketKeys: Buffer | null) {
    this.options = options;
    for (const { certificates } of options.listeners) {
      if (certificates === null || this.#contexts.has(certificates)) continue;
      this.#contexts.set(certificates, new ServerContexts(certificates, ticketKeys));
    }
    this.#links = new BackendLinks(options, ports.notices, backendDialogues);
    this.#services = {
      options,
      ports,
      links: this.#links,
      clientDialogue,
      route: createRoutes(options),
      tarpits: new Tarpits(MAX_TARPITS),
    };
  }

  /** What the backends said of themselves to the configuration before this one. */
  inherit(former: Generation): void {
    this.#links.inherit(former.#links);
  }

  /** Begins to look after the backends. @returns when all have said who they are, which the first clients are shown, or have had {@link INTRODUCTION_WAIT} to do so */
  async begin(): Promise<void> {
    let timer: NodeJS.Timeout | null = null;
    const waited = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, INTRODUCTION_WAIT);
    });
    await Promise.race([this.#links.start(), waited]);
    clearTimeout(timer!);
  }

  end(): void {
    this.#links.close();
  }

  readonly run = async (accepted: Accepted, admitted: Admitted): Promise<void> => {
    if (accepted.listener.mode === 'passed_through') await passThrough(accepted, this.#services, admitted.settled);
    else
      await new TerminatedSession(
        accepted,
        this.#services,
        this.#contextFor(accepted.listener),
        admitted.settled,
      ).run();
  };

  #contextFor({ certificates, name }: ListenerOptions) {
    const contexts = certificates === null ? undefined : this.#contexts.get(certificates);
    return (serverName: string | null) => {
      if (contexts === undefined) throw new TypeError(`listener ${name} has no certificates`);
      return contexts.for(serverName);
    };
  }
}
