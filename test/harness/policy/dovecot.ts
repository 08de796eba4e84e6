import { once } from 'node:events';
import { connect } from 'node:net';
import { startDovecot } from '../mail/dovecot.js';
import { behaviours, deadlyBehaviours } from './behaviours.js';
import { http, type PolicyServer, type RawRequest, startPolicyServer } from './server.js';

export const NONCE = 'a nonce for tests';

/** What became of a login at a Dovecot. `message` is what the client was told beside a code, where that is not the standard text. */
export interface Outcome {
  readonly action: 'allow' | 'reject';
  readonly message: string | null;
}

/** Whoever comes is let in with the password `pass`. */
const ANYONE = `
passdb {
  driver = static
  args = password=pass
}
auth_cache_size = 0
auth_policy_hash_nonce = ${NONCE}
`;

/** The user whom a request is about. */
export function userOf({ body }: RawRequest): string {
  return (JSON.parse(body) as { login: string }).login;
}

/** A server that does to each question what its user's name says. Reports it takes. */
export function startBehaving(): Promise<PolicyServer> {
  return startPolicyServer((request, socket) => {
    if (request.line.includes('report')) socket.write(http(200, '{"status":0}'));
    else (behaviours[userOf(request)] ?? deadlyBehaviours[userOf(request)])!(socket);
  });
}

/** Logs in at a Dovecot 2.3 whose policy server behaves in each of the ways. @returns by behaviour */
export async function outcomesOfDovecot(rejectOnFail: boolean): Promise<Record<string, Outcome>> {
  const policy = await startBehaving();
  const more = `${ANYONE}
auth_policy_server_url = http://127.0.0.1:${policy.port}/
auth_policy_reject_on_fail = ${rejectOnFail ? 'yes' : 'no'}
auth_policy_request_attributes = login=%{requested_username}
auth_policy_check_after_auth = no
`;
  const dovecot = await startDovecot({ more });
  try {
    const outcomes: Record<string, Outcome> = {};
    const names = Object.keys(behaviours);
    while (names.length > 0) {
      // Below the number of login processes it may have.
      const some = names.splice(0, 40);
      await Promise.all(some.map(async (name) => (outcomes[name] = await login(dovecot.ports.imap, name))));
    }
    if (/Panic|Fatal/.test(dovecot.log())) throw new Error(dovecot.log());
    return Object.fromEntries(Object.keys(behaviours).map((name) => [name, outcomes[name]!]));
  } finally {
    await dovecot.stop();
    await policy.close();
  }
}

/** One login by IMAP. */
async function login(port: number, user: string): Promise<Outcome> {
  const socket = connect(port, '127.0.0.1');
  let said = '';
  socket.on('data', (chunk: Buffer) => {
    said += chunk;
    if (/^a .*\r\n/m.test(said)) socket.destroy();
  });
  socket.write(`a LOGIN ${user} pass\r\n`);
  await once(socket, 'close');
  const [, status, alert] = /^a (OK|NO) (?:\[ALERT\] (.*)|.*)\r\n/m.exec(said) ?? [];
  if (status === undefined) throw new Error(`${user}: ${said}`);
  return { action: status === 'OK' ? 'allow' : 'reject', message: alert ?? null };
}
