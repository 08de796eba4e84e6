import { X509Certificate } from 'node:crypto';
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { SensorError } from '../../errors.js';
import type { Command, PolicyAddress } from './address.js';
import { IDLE_TIME, MAX_CONNECTIONS, MAX_RESPONSE, MAX_RESPONSE_HEADER } from './limits.js';

export interface ExchangeOptions {
  /** Milliseconds from the call to the answer's last byte. */
  readonly timeout: number;
  /** PEM; null: the system's. */
  readonly ca: string | null;
  readonly serverName: string | null;
}

/** Requests to one server over connections that are kept. */
export class Exchange {
  readonly #address: PolicyAddress;
  readonly #timeout: number;
  readonly #agent: HttpAgent;
  readonly #tls: { readonly secureContext: SecureContext; readonly servername?: string } | null;

  /** @throws SensorError `policy_setting` */
  constructor(address: PolicyAddress, { timeout, ca, serverName }: ExchangeOptions) {
    this.#address = address;
    this.#timeout = timeout;
    const settings = {
      keepAlive: true,
      maxSockets: MAX_CONNECTIONS,
      maxFreeSockets: MAX_CONNECTIONS,
      timeout: IDLE_TIME,
    };
    this.#agent = address.secure ? new HttpsAgent(settings) : new HttpAgent(settings);
    const name = serverName ?? address.host;
    // RFC 6066 section 3: no address is a server name. The certificate is then checked against the address.
    const servername = isIP(name) === 0 ? { servername: name } : {};
    this.#tls = address.secure ? { secureContext: contextOf(ca), ...servername } : null;
  }

  /**
   * The body of a successful answer (a status from 200 to 209, as Dovecot counts them).
   *
   * Where a kept connection turns out to be closed before a byte of the answer came, the request is sent once more over a fresh one: the server has closed it while the
   * request was on its way (RFC 9112 section 9.3.1).
   *
   * @throws (rejects) SensorError `policy_late`, `policy_unreachable`, `policy_http`, `policy_answer`
   */
  post(command: Command, body: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      let request: ClientRequest;
      let isSettled = false;
      const settle = (result: Buffer | SensorError) => {
        if (isSettled) return;
        isSettled = true;
        clearTimeout(timer);
        if (Buffer.isBuffer(result)) {
          resolve(result);
          return;
        }
        request.destroy();
        reject(result);
      };
      const timer = setTimeout(() => settle(failure('policy_late', 'answer', 'no answer in time')), this.#timeout);
      const send = (isAgain: boolean) => {
        let hasAnswer = false;
        request = this.#request(command, body, isAgain);
        request.on('response', (response) => {
          hasAnswer = true;
          collect(response, settle);
        });
        request.on('error', (error: Error & { code?: string }) => {
          if (!isSettled && !isAgain && !hasAnswer && request.reusedSocket && isClosed(error)) send(true);
          else settle(failure('policy_unreachable', 'connection', error.code ?? error.message));
        });
        request.end(body);
      };
      send(false);
    });
  }

  /** Cuts every connection. */
  close(): void {
    this.#agent.destroy();
  }

  #request(command: Command, body: string, isAgain: boolean): ClientRequest {
    const { host, port, target, headers } = this.#address;
    const options = {
      method: 'POST',
      host,
      port,
      path: target[command],
      headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
      agent: isAgain ? (false as const) : this.#agent,
      maxHeaderSize: MAX_RESPONSE_HEADER,
    };
    return this.#tls === null ? httpRequest(options) : httpsRequest({ ...options, ...this.#tls });
  }
}

/** Made once: reading authorities takes milliseconds. */
function contextOf(ca: string | null): SecureContext {
  if (ca === null) return createSecureContext();
  try {
    // A context would take a text without a certificate, and trust nobody.
    new X509Certificate(ca);
    return createSecureContext({ ca });
  } catch {
    throw new SensorError('policy_setting', 'ca', 0, 'no certificates in PEM');
  }
}

function failure(code: string, field: string, message: string): SensorError {
  return new SensorError(code, field, 0, message);
}

function isClosed({ code }: { readonly code?: string }): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE';
}

function collect(response: IncomingMessage, settle: (result: Buffer | SensorError) => void): void {
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 209) {
    settle(new SensorError('policy_http', 'status', 0, `HTTP status ${status}`));
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  response.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > MAX_RESPONSE) settle(new SensorError('policy_answer', 'body', MAX_RESPONSE, 'too long'));
    else chunks.push(chunk);
  });
  response.on('error', (error: Error & { code?: string }) => {
    settle(new SensorError('policy_unreachable', 'connection', length, error.code ?? error.message));
  });
  response.on('end', () => settle(Buffer.concat(chunks)));
}
