import { programPath } from '../programs.js';
import { EITHER, type LoggedIn, type Login, type MailClient, run } from './client.js';

/** curl's exit code for "the server denied user or password". */
const LOGIN_DENIED = 67;

export const curl: MailClient = {
  name: 'curl',
  missing: programPath('curl') === null ? 'curl' : '',
  speaks: { imap: EITHER, pop3: EITHER, submission: EITHER },
  choosesAddress: true,
  login,
};

async function login(where: Login): Promise<LoggedIn> {
  const scheme = where.protocol === 'submission' ? 'smtp' : where.protocol;
  const implicit = where.tls === 'implicit';
  const mail = ['--mail-from', 'one@example.org', '--mail-rcpt', 'two@example.org', '--upload-file', '-'];
  const { code, printed } = await run(
    'curl',
    [
      '--verbose',
      '--ipv4',
      '--ssl-reqd',
      '--cacert',
      where.ca,
      '--user',
      `${where.user}:${where.password}`,
      ...(where.from === undefined ? [] : ['--interface', where.from]),
      ...(where.protocol === 'submission' ? mail : []),
      `${scheme}${implicit ? 's' : ''}://localhost:${where.port}/`,
    ],
    'Subject: one\r\n\r\nfrom curl\r\n',
  );
  return { ok: code === 0, refused: code === LOGIN_DENIED, printed };
}
