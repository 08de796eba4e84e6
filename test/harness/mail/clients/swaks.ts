import { programPath } from '../programs.js';
import { EITHER, type LoggedIn, type Login, type MailClient, run } from './client.js';

/** swaks' exit code for "authentication failed" (its manual, EXIT CODES). */
const AUTH_FAILED = 28;

export const swaks: MailClient = {
  name: 'swaks',
  missing: programPath('swaks') === null ? 'swaks' : '',
  speaks: { submission: EITHER },
  choosesAddress: true,
  login,
};

async function login(where: Login): Promise<LoggedIn> {
  const { code, printed } = await run('swaks', [
    '--server',
    '127.0.0.1',
    '--port',
    `${where.port}`,
    '--tls-sni',
    'localhost',
    '--tls-ca-path',
    where.ca,
    where.tls === 'implicit' ? '--tls-on-connect' : '--tls',
    '--auth',
    'PLAIN',
    '--auth-user',
    where.user,
    '--auth-password',
    where.password,
    '--ehlo',
    'client.example.test',
    '--from',
    'one@example.org',
    '--to',
    'two@example.org',
    ...(where.from === undefined ? [] : ['--local-interface', where.from]),
  ]);
  return { ok: code === 0, refused: code === AUTH_FAILED, printed };
}
