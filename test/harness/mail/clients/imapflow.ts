import { readFileSync } from 'node:fs';
import { ImapFlow } from 'imapflow';
import { EITHER, type LoggedIn, type Login, type MailClient } from './client.js';

export const imapflow: MailClient = {
  name: 'imapflow',
  missing: '',
  speaks: { imap: EITHER },
  choosesAddress: false,
  login,
};

async function login(where: Login): Promise<LoggedIn> {
  const implicit = where.tls === 'implicit';
  const lines: string[] = [];
  const say = (line: unknown) => void lines.push(JSON.stringify(line));
  const client = new ImapFlow({
    host: 'localhost',
    port: where.port,
    secure: implicit,
    ...(implicit ? {} : { doSTARTTLS: true }),
    auth: { user: where.user, pass: where.password },
    tls: { ca: readFileSync(where.ca, 'utf8') },
    logger: { debug: say, info: say, warn: say, error: say },
  });
  client.on('error', () => {}); // what it rejects with tells the same
  try {
    await client.connect();
    await client.mailboxOpen('INBOX');
    await client.logout();
    return { ok: true, refused: false, printed: lines.join('\n') };
  } catch (error) {
    client.close();
    const refused = (error as { authenticationFailed?: boolean }).authenticationFailed === true;
    return { ok: false, refused, printed: `${lines.join('\n')}\n${String(error)}` };
  }
}
