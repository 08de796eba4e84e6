import { spawnSync } from 'node:child_process';
import { curl, type MailClient, mutt, openssl, python } from '../mail/clients/index.js';
import { PASSWORD } from '../mail/dovecot.js';
import { type Asking, type AskingServer, logIn, startAsking23, startAsking24 } from './mail-servers.js';
import { crossedOut, reported } from './record.js';
import { always, type RawRequest, startPolicyServer } from './server.js';

/** A login of a real program at a real Dovecot, and what the policy server was asked with the fingerprint. */
export interface FingerprintedLogin {
  readonly login: string;
  readonly client: string;
  /** Session ids, ports and the date are crossed out, letter by letter. */
  readonly requests: readonly RawRequest[];
}

export interface Recording {
  /** Versions, by program. The fingerprints are theirs. */
  readonly programs: Readonly<Record<string, string>>;
  readonly logins: readonly FingerprintedLogin[];
}

interface Played<Name extends string> {
  readonly login: string;
  readonly way: Name;
  readonly client: MailClient;
  readonly password?: string;
}

const firstLine = (program: string, ...args: string[]) =>
  spawnSync(program, args, { encoding: 'utf8' }).stdout.split('\n')[0]!.trim();

function versions(dovecot: string): Recording['programs'] {
  return {
    dovecot,
    python: `${firstLine('python3', '--version')}, ${firstLine('python3', '-c', 'import ssl; print(ssl.OPENSSL_VERSION)')}`,
    openssl: firstLine('openssl', 'version'),
    curl: firstLine('curl', '--version'),
    mutt: firstLine('mutt', '-v'),
  };
}

/** What programs the recordings need that are not here; empty where all are. */
export const missingClients = [python, openssl, curl, mutt]
  .map(({ missing }) => missing)
  .filter(Boolean)
  .join(', ');

/** Dovecot 2.3 behind the proxy, whose fingerprint it hands on; and by itself, where it has none to tell. */
export async function recordForwarded(): Promise<Recording> {
  const logins = [
    ...(await record(startAsking23, [
      { login: 'good', way: 'imap', client: python },
      { login: 'wrong password', way: 'imap', client: python, password: 'wrong' },
      { login: 'pop3', way: 'pop3', client: python },
      { login: 'pop3, wrong password', way: 'pop3', client: openssl, password: 'wrong' },
      { login: 'submission', way: 'submission', client: curl },
      { login: 'SCRAM', way: 'imap', client: mutt },
      { login: 'without a proxy', way: 'direct', client: python },
    ])),
    // A variable it does not know: it says so in the value, and in its log.
    ...(await record(
      (asking) => startAsking23(asking, 'fail_type=%{fail_type}'),
      [{ login: 'a variable it does not know', way: 'imap', client: python }],
    )),
  ];
  return { programs: versions(firstLine('dovecot', '--version')), logins };
}

/** Dovecot 2.4 with the JA3 it computes itself; and behind the proxy, with the proxy's. */
export async function recordNative(): Promise<Recording> {
  let version = '';
  const start = async (asking: Asking) => {
    const server = await startAsking24(asking);
    version = /v(2\.4\S*)/.exec(server.log())?.[1] ?? '';
    return server;
  };
  const logins = [
    ...(await record(start, [
      { login: 'good', way: 'imap', client: python },
      { login: 'wrong password', way: 'imap', client: python, password: 'wrong' },
      { login: 'STARTTLS, CRAM-MD5', way: 'imap starttls', client: mutt },
      { login: 'pop3', way: 'pop3', client: openssl },
      { login: 'submission', way: 'submission', client: curl },
      { login: 'TLS passed through the proxy', way: 'passed through', client: python },
      { login: 'TLS ended by the proxy', way: 'forwarded', client: python },
    ])),
    // A variable it does not know, in whichever attribute: all of them are gone, and what is left is no JSON.
    ...(await record(
      (asking) => startAsking24(asking, 'attrs/string = %{ssl_ja3}'),
      [{ login: 'a variable it does not know', way: 'imap', client: python }],
    )),
  ];
  return { programs: versions(version), logins };
}

async function record<Name extends string>(
  start: (asking: Asking) => Promise<AskingServer<Name>>,
  logins: readonly Played<Name>[],
): Promise<FingerprintedLogin[]> {
  const policy = await startPolicyServer(always({ status: 0, msg: '' }));
  const server = await start({ url: `http://127.0.0.1:${policy.port}/`, apiHeader: 'a key' });
  try {
    const recorded: FingerprintedLogin[] = [];
    for (const { login, way, client, password } of logins) {
      const before = policy.requests.length;
      const { ok, refused, printed } = await logIn(client, server.ways[way], 'u1', password);
      if (password === undefined || password === PASSWORD ? !ok : !refused) throw new Error(`${login}: ${printed}`);
      await reported(policy, before);
      recorded.push({ login, client: client.name, requests: policy.requests.slice(before).map(crossedOut) });
    }
    return recorded;
  } finally {
    await server.stop();
    await policy.close();
  }
}
