import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { plainAddress } from '../../endpoint.js';
import { Networks } from '../../networks.js';
import { failure } from './answers.js';
import type { ServerComplaints } from './complaints.js';
import { Credentials, digestsOf, type Shown, type ShownDigests } from './credentials.js';
import type { PolicyServerOptions } from './options.js';
import { Rates } from './rates.js';

/** What a command needs: nothing, the right to ask, or the right to change. */
export type Need = 'nothing' | 'ask' | 'manage';

/** Who is at the other end of a connection: looked up once, and not for each of its requests. */
interface Caller {
  /** Without zone, and not IPv4-mapped. */
  readonly ip: string;
  readonly isStranger: boolean;
  /** What its last request showed: mail servers show the same with each. */
  shown: Shown;
  digests: ShownDigests;
}

const NOTHING: Shown = { authorization: undefined, apiKey: undefined };

const loopback = ['127.0.0.0/8', '::1'];

/** Who may do what. Asked before anything of a body is read. */
export class Guard {
  readonly #networks: Networks;
  readonly #callers = new WeakMap<Socket, Caller>();
  readonly #counted = new WeakSet<IncomingMessage>();
  readonly #rates: Rates;
  readonly #loopback = new Networks(loopback);
  readonly #ask: Credentials;
  readonly #manage: Credentials;
  readonly #complaints: ServerComplaints;

  constructor(
    options: Pick<PolicyServerOptions, 'networks' | 'ask' | 'manage' | 'rate'>,
    complaints: ServerComplaints,
  ) {
    this.#networks = new Networks(options.networks.length > 0 ? options.networks : loopback);
    this.#ask = new Credentials(options.ask);
    this.#manage = new Credentials(options.manage);
    this.#rates = new Rates(options.rate);
    this.#complaints = complaints;
  }

  /** @param address as the socket has it */
  isStranger(address: string | undefined): boolean {
    return !this.#networks.has(address);
  }

  #callerOf(socket: Socket): Caller {
    let caller = this.#callers.get(socket);
    if (caller === undefined) {
      const { remoteAddress } = socket;
      caller = {
        ip: plainAddress(remoteAddress ?? ''),
        isStranger: this.isStranger(remoteAddress),
        shown: NOTHING,
        digests: digestsOf(NOTHING),
      };
      this.#callers.set(socket, caller);
    }
    return caller;
  }

  /**
   * Counts a request, and says whether it may ask. What it is refused for, {@link beforeAll} and {@link before} find and tell.
   */
  mayAsk(request: IncomingMessage): boolean {
    const { ip, isStranger } = this.#callerOf(request.socket);
    if (isStranger || this.#rates.take(ip) > 0) return false;
    if (this.#refusal('ask', request) === null) return true;
    this.leave(request);
    return false;
  }

  /** A request that was counted is left to {@link beforeAll}. */
  leave(request: IncomingMessage): void {
    this.#counted.add(request);
  }

  /** First the address, then how often it asks, as guessing a password is asking often. */
  readonly beforeAll = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const { ip, isStranger } = this.#callerOf(request.raw.socket);
    if (isStranger) {
      this.#complaints.about('stranger', 'a request from outside the networks was refused', { from: ip });
      reply.code(401).send({ ...failure('Source IP Address not in ACL'), ip });
      return;
    }
    const wait = this.#counted.has(request.raw) ? 0 : this.#rates.take(ip);
    if (wait === 0) {
      done();
      return;
    }
    this.#complaints.about('rate', 'requests beyond the rate of one address were refused', { from: ip });
    reply.code(429).header('retry-after', wait).send(failure('Too many requests'));
  };

  /** Then what the request shows. Whoever may change may ask as well. */
  before(need: Need) {
    return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
      const status = this.#refusal(need, request.raw);
      if (status === null) {
        done();
        return;
      }
      this.#complaints.about(`${status}`, 'a request without the right password or key was refused', {
        from: plainAddress(request.ip),
        status,
      });
      if (status === 401) reply.header('www-authenticate', 'Basic realm="ja3-sensor", charset="UTF-8"');
      reply.code(status).send(failure(status === 401 ? 'Unauthorized' : 'Forbidden'));
    };
  }

  /** Compared in the time it takes is only what one connection has shown with what it shows itself; digests are held against the secrets. */
  #digestsOf(socket: Socket, shown: Shown): ShownDigests {
    const caller = this.#callerOf(socket);
    if (shown.authorization !== caller.shown.authorization || shown.apiKey !== caller.shown.apiKey) {
      caller.shown = shown;
      caller.digests = digestsOf(shown);
    }
    return caller.digests;
  }

  /** RFC 9110 section 15.5.4: 403 where the credentials are good, and not good enough. */
  #refusal(need: Need, request: IncomingMessage): 401 | 403 | null {
    if (need === 'nothing') return null;
    const { authorization, 'x-api-key': apiKey } = request.headers;
    const shown = this.#digestsOf(request.socket, {
      authorization,
      apiKey: typeof apiKey === 'string' ? apiKey : undefined,
    });
    if (this.#manage.admits(shown)) return null;
    if (!this.#ask.admits(shown)) {
      if (!this.#ask.isOpen) return 401;
      if (isOfPage(request)) return 403;
    }
    if (need === 'ask') return null;
    if (this.#manage.isOpen) return this.#loopback.has(request.socket.remoteAddress) ? null : 403;
    // Where asking is open to all, nothing was shown that would be good for anything.
    return this.#ask.isOpen ? 401 : 403;
  }
}

/** A browser sends it on behalf of a page (RFC 6454 section 7), which may be anybody's: that the browser is on this machine lets nobody in. No mail server sends it. */
function isOfPage({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined;
}
