import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProxiedLogin } from '../../../src/model/index.js';
import type { BackendOptions, ListenerOptions } from '../../../src/proxy/index.js';
import { CLIENTS, type Login, type MailClient } from './clients/index.js';
import { PASSWORD } from './dovecot.js';
import { without } from './programs.js';
import { backend, certificates, listener, proxyOptions, type RunningProxy, startProxy } from './proxy.js';
import { type CertificateFiles, certificateIn, eventually, Folder, type Running } from './running.js';

/** A way to a backend: how a listener is set up, and what it has behind it. */
export interface Way<Server extends Running> {
  readonly what: string;
  readonly protocol: Login['protocol'];
  readonly tls: Login['tls'];
  readonly mode: ListenerOptions['mode'];
  readonly backend: (server: Server) => BackendOptions;
  /** The line of the backend's log that tells of this login, with the client's address and all else the backend can know. null: it keeps none. */
  readonly seen: ((log: string, login: ProxiedLogin) => boolean) | null;
}

/** What all servers of the matrix have. */
interface Server extends Running {
  readonly ca: string;
}

/** Ten of the forty users, so that sessions of tests that run at a time have mailboxes of their own. */
let lastUser = 0;
function nextUser(): string {
  lastUser = (lastUser % 10) + 1;
  return `u${lastUser}`;
}

/** Every client that speaks it, on every way, to one server: in with the right password, refused with a wrong one, and both told as what they are. */
export function holdMatrix<S extends Server>(
  name: string,
  missing: string,
  start: () => Promise<S>,
  ways: readonly Way<S>[],
): void {
  describe.skipIf(missing !== '')(`${name} behind the proxy${without(missing)}`, () => {
    let server: S;
    let folder: Folder;
    let files: CertificateFiles;
    beforeAll(async () => {
      folder = new Folder();
      files = certificateIn(folder);
      server = await start();
    });
    afterAll(async () => {
      await server?.stop();
      folder?.remove();
    });
    for (const way of ways) {
      describe(`${way.protocol}, ${way.tls}, ${way.mode.replace('_', ' ')}, ${way.what}`, () => {
        let proxy: RunningProxy;
        beforeAll(async () => {
          proxy = await startProxy(
            proxyOptions(
              [
                listener({
                  protocol: way.protocol,
                  tls: way.tls,
                  mode: way.mode,
                  certificates: way.mode === 'terminated' ? certificates(files) : null,
                }),
              ],
              [way.backend(server)],
            ),
          );
        });
        afterAll(() => proxy?.close());
        // TLS that ends at the proxy is held against the proxy's certificate, TLS that ends behind it against the server's.
        const where = (client: MailClient, password: string): Login => ({
          protocol: way.protocol,
          port: proxy.port,
          tls: way.tls,
          user: nextUser(),
          password,
          ca: way.mode === 'terminated' ? files.cert : server.ca,
          ...(client.choosesAddress ? { from: ADDRESS } : {}),
        });
        for (const client of CLIENTS) {
          if (!client.speaks[way.protocol]?.includes(way.tls)) continue;
          it.skipIf(client.missing !== '')(`${client.name}${without(client.missing)}`, async () => {
            const before = proxy.logins.length;
            const place = where(client, PASSWORD);
            const { ok, printed } = await client.login(place);
            const said = () =>
              `${printed}\n--\n${JSON.stringify(proxy.logins.slice(before))}\n${proxy.notices.join('\n')}`;
            expect(ok, said()).toBe(true);
            const login = await eventually('a login event', () => proxy.logins[before], said);
            expect(login).toMatchObject({
              remote: { ip: place.from ?? '127.0.0.1' },
              mode: way.mode,
              starttls: way.tls === 'starttls',
              sni: 'localhost',
              tls: true,
              ...(way.mode === 'terminated'
                ? { outcome: 'succeeded', user: place.user, reasonCode: null, attempt: 1 }
                : { outcome: 'unseen', user: null }),
            });
            expect(login.fingerprint?.ja3.hash).toMatch(/^[0-9a-f]{32}$/);
            const { seen } = way;
            if (seen !== null) {
              const told = () => `${said()}\n--\n${server.log().split('\n').slice(-15).join('\n')}`;
              await eventually('the login in the log', () => seen(server.log(), login), told);
            }
          });
          it.skipIf(client.missing !== '')(`${client.name}, wrong password${without(client.missing)}`, async () => {
            const before = proxy.logins.length;
            const { ok, refused, printed } = await client.login(where(client, 'wrong'));
            const said = () =>
              `${printed}\n--\n${JSON.stringify(proxy.logins.slice(before))}\n${proxy.notices.join('\n')}`;
            expect({ ok, refused }, said()).toEqual({ ok: false, refused: true });
            const login = await eventually('a login event', () => proxy.logins[before], said);
            expect(login.outcome).toBe(way.mode === 'terminated' ? 'failed' : 'unseen');
          });
        }
      });
    }
  });
}

/** What clients that can choose come from, so that it is not the proxy's own address. */
const ADDRESS = '127.0.0.9';

/** A line with all of these in it. */
export function hasLine(log: string, ...parts: readonly string[]): boolean {
  return log.split('\n').some((line) => parts.every((part) => line.includes(part)));
}

/** PROXY v2, in clear behind it. */
export function proxied(port: number, more: Partial<BackendOptions> = {}): BackendOptions {
  return backend(port, { proxyProtocol: 2, ...more });
}

/** IMAP ID or XCLIENT. */
export function told(port: number, more: Partial<BackendOptions> = {}): BackendOptions {
  return backend(port, { forward: true, ...more });
}
