import { readFileSync } from 'node:fs';
import type { ProxiedLogin } from '../../../src/model/index.js';
import type { LoggedIn, Login, MailClient } from '../mail/clients/index.js';
import { PASSWORD, startDovecot } from '../mail/dovecot.js';
import { startDovecot24 } from '../mail/dovecot24.js';
import { backend, certificates, listener, proxyOptions, startProxy } from '../mail/proxy.js';
import { certificateIn, Folder } from '../mail/running.js';
import { NONCE } from './dovecot.js';

/** What the proxy tells a mail server of a hello. */
const FORWARDED = ['ssl_ja3', 'ssl_ja3_hash', 'ja3_hash', 'ja4'] as const;

export interface Asking {
  readonly url: string;
  /** `auth_policy_server_api_header`. */
  readonly apiHeader?: string;
}

const page = new URL('../../../docs/policy-dovecot.md', import.meta.url);

/** The settings that operators are told of, for this server. */
function settingsFor(version: '2.3' | '2.4', { url, apiHeader }: Asking): string {
  const [, settings] = new RegExp(`^## Dovecot ${version}\n[^]*?^\`\`\`\n([^]*?)^\`\`\`$`, 'm').exec(
    readFileSync(page, 'utf8'),
  )!;
  return settings!
    .replace(/(?<=^auth_policy_server_url = ).*$/m, () => url)
    .replace(/^(auth_policy_server_api_header = ).*\n/m, (_, name) =>
      apiHeader === undefined ? '' : `${name}${apiHeader}\n`,
    )
    .replace(/(?<=^auth_policy_hash_nonce = ).*$/m, () => NONCE);
}

/** @param attributes behind those of the page */
function asking23(asking: Asking, attributes: string): string {
  return settingsFor('2.3', asking).replace(
    /^auth_policy_request_attributes = .*$/m,
    (line) => `${line} ${attributes}`,
  );
}

/** @param attributes lines behind those of the page */
function asking24(asking: Asking, attributes: string): string {
  return settingsFor('2.4', asking).replace(/^}$/m, () => `${attributes}\n}`);
}

/** A port to log in at, with TLS from the first byte unless it says otherwise. */
export interface Way extends Pick<Login, 'protocol' | 'port' | 'ca' | 'tls'> {
  /** Who tells the policy server of the hello: nobody, the mail server, or the proxy through the mail server. */
  readonly tells: 'nobody' | 'natively' | 'forwarded';
}

/** A mail server that asks about every login, and the ways to it. */
export interface AskingServer<Name extends string> {
  readonly ways: Readonly<Record<Name, Way>>;
  /** What the proxy has told of logins so far. */
  readonly proxied: readonly ProxiedLogin[];
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

export type Way23 = 'direct' | 'imap' | 'pop3' | 'submission';

/** Dovecot 2.3, itself and behind the proxy. */
export async function startAsking23(asking: Asking, attributes = ''): Promise<AskingServer<Way23>> {
  const server = await startDovecot({ trusts: '127.0.0.1', more: asking23(asking, attributes) });
  const folder = new Folder();
  const files = certificateIn(folder);
  const protocols = ['imap', 'pop3', 'submission'] as const;
  const proxy = await startProxy(
    proxyOptions(
      protocols.map((protocol) =>
        listener({
          name: protocol,
          protocol,
          tls: 'implicit',
          mode: 'terminated',
          certificates: certificates(files),
          route: { by: 'static', backend: protocol },
        }),
      ),
      protocols.map((name) => backend(server.ports[name], { name, forward: true, forwardFields: FORWARDED })),
    ),
  );
  const behind = (at: number): Way => ({
    protocol: protocols[at]!,
    port: proxy.ports[at]!,
    ca: files.cert,
    tls: 'implicit',
    tells: 'forwarded',
  });
  return {
    ways: {
      direct: { protocol: 'imap', port: server.ports.imaps, ca: server.ca, tls: 'implicit', tells: 'nobody' },
      imap: behind(0),
      pop3: behind(1),
      submission: behind(2),
    },
    proxied: proxy.logins,
    log: server.log,
    stop: async () => {
      await proxy.close();
      await server.stop();
      folder.remove();
    },
  };
}

export type Way24 = 'imap' | 'imap starttls' | 'pop3' | 'submission' | 'passed through' | 'forwarded';

/** Dovecot 2.4, itself and behind the proxy, which passes TLS through or ends it. */
export async function startAsking24(asking: Asking, attributes = ''): Promise<AskingServer<Way24>> {
  const server = await startDovecot24({ trusts: '127.0.0.1', more: asking24(asking, attributes) });
  const folder = new Folder();
  const files = certificateIn(folder);
  const proxy = await startProxy(
    proxyOptions(
      [
        listener({
          name: 'passed through',
          protocol: 'imap',
          tls: 'implicit',
          mode: 'passed_through',
          route: { by: 'static', backend: 'passed through' },
        }),
        listener({
          name: 'forwarded',
          protocol: 'imap',
          tls: 'implicit',
          mode: 'terminated',
          certificates: certificates(files),
          route: { by: 'static', backend: 'forwarded' },
        }),
      ],
      [
        backend(server.ports.imapsProxied, { name: 'passed through', proxyProtocol: 2 }),
        backend(server.ports.imap, { name: 'forwarded', forward: true, forwardFields: FORWARDED }),
      ],
    ),
  );
  const direct = (protocol: Way['protocol'], port: number, tls: Way['tls'] = 'implicit'): Way => ({
    protocol,
    port,
    ca: server.ca,
    tls,
    tells: 'natively',
  });
  const { ports } = server;
  return {
    ways: {
      imap: direct('imap', ports.imaps),
      'imap starttls': direct('imap', ports.imap, 'starttls'),
      pop3: direct('pop3', ports.pop3s),
      submission: direct('submission', ports.submission, 'starttls'),
      'passed through': direct('imap', proxy.ports[0]!),
      forwarded: { protocol: 'imap', port: proxy.ports[1]!, ca: files.cert, tls: 'implicit', tells: 'forwarded' },
    },
    proxied: proxy.logins,
    log: server.log,
    stop: async () => {
      await proxy.close();
      await server.stop();
      folder.remove();
    },
  };
}

/** A login of a real program. @param from the address to come from, where the program can choose */
export function logIn(
  client: MailClient,
  way: Way,
  user: string,
  password = PASSWORD,
  from?: string,
): Promise<LoggedIn> {
  const { protocol, port, ca, tls } = way;
  return client.login({ protocol, port, ca, tls, user, password, ...(from !== undefined && { from }) });
}
