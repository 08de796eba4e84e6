import { programPath } from '../programs.js';
import { EITHER, type LoggedIn, type Login, type MailClient, type Talk, talk } from './client.js';

const STARTTLS = { imap: 'imap', pop3: 'pop3', submission: 'smtp', sieve: 'sieve' } as const;

/** openssl s_client, and a person who types the protocol. */
export const openssl: MailClient = {
  name: 'openssl s_client',
  missing: programPath('openssl') === null ? 'openssl' : '',
  speaks: { imap: EITHER, pop3: EITHER, submission: EITHER, sieve: ['starttls'] },
  choosesAddress: true,
  login,
};

async function login(where: Login): Promise<LoggedIn> {
  const upgrade =
    where.tls === 'starttls' ? ['-starttls', STARTTLS[where.protocol], '-name', 'client.example.test'] : [];
  const from = where.from === undefined ? [] : ['-bind', `${where.from}:0`];
  const target = ['-connect', `127.0.0.1:${where.port}`, '-servername', 'localhost', '-CAfile', where.ca];
  // -quiet, or lines that begin with R or Q would be commands of its own; -no_ign_eof, or it would not leave before the server does; which is why no line here begins with a letter it takes for a command (Q, R, k, K)
  const typed = talk('openssl', [
    's_client',
    '-quiet',
    '-no_ign_eof',
    '-verify_return_error',
    ...target,
    ...from,
    ...upgrade,
  ]);
  const answer = await DIALOGUES[where.protocol](typed, where);
  const { printed } = await typed.end();
  return { ok: answer === true, refused: answer === false, printed };
}

/** true: in. false: refused for user or password. null: something else. */
type Dialogue = (typed: Talk, where: Login) => Promise<boolean | null>;

const DIALOGUES: Readonly<Record<Login['protocol'], Dialogue>> = {
  imap: async (typed, { tls, user, password }) => {
    if (tls === 'implicit') await typed.hears(/^\* OK [^\n]*\n/m);
    typed.says(`a LOGIN ${user} ${password}\r\n`);
    const answer = await typed.hears(/^a (OK|NO|BAD)[^\n]*\n/m);
    if (answer?.startsWith('a OK')) {
      typed.says('b SELECT INBOX\r\n');
      const selected = await typed.hears(/^b (OK|NO|BAD)[^\n]*\n/m);
      typed.says('c LOGOUT\r\n');
      await typed.hears(/^c OK[^\n]*\n/m);
      return selected?.startsWith('b OK') ? true : null;
    }
    typed.says('c LOGOUT\r\n');
    await typed.hears(/^c OK[^\n]*\n/m);
    return answer?.startsWith('a NO') ? false : null;
  },
  pop3: async (typed, { tls, user, password }) => {
    if (tls === 'implicit') await typed.hears(/^\+OK[^\n]*\n/m);
    typed.says(`USER ${user}\r\n`);
    await typed.hears(/^(\+OK|-ERR)[^\n]*\n/m);
    typed.says(`PASS ${password}\r\n`);
    const answer = await typed.hears(/^(\+OK|-ERR)[^\n]*\n/m);
    let in_ = false;
    if (answer?.startsWith('+OK')) {
      typed.says('STAT\r\n');
      in_ = (await typed.hears(/^\+OK \d+ \d+[^\n]*\n/m)) !== null;
    }
    typed.says('quit\r\n');
    await typed.hears(/^\+OK[^\n]*\n/m);
    if (in_) return true;
    return answer?.startsWith('-ERR') ? false : null;
  },
  submission: async (typed, { tls, user, password }) => {
    // behind STARTTLS it prints the last line of its own EHLO's answer
    await typed.hears(tls === 'implicit' ? /^220 [^\n]*\n/m : /^250 [^\n]*\n/m);
    typed.says('EHLO client.example.test\r\n');
    await typed.hears(/^250 [^\n]*\n/m);
    typed.says(`AUTH PLAIN ${plain(user, password)}\r\n`);
    const answer = await typed.hears(/^\d{3} [^\n]*\n/m);
    let in_ = false;
    if (answer?.startsWith('235')) {
      typed.says('MAIL FROM:<one@example.org>\r\n');
      await typed.hears(/^\d{3} [^\n]*\n/m);
      typed.says('rcpt to:<two@example.org>\r\n');
      await typed.hears(/^\d{3} [^\n]*\n/m);
      typed.says('data\r\n');
      await typed.hears(/^\d{3} [^\n]*\n/m);
      typed.says('Subject: one\r\n\r\nfrom openssl\r\n.\r\n');
      in_ = (await typed.hears(/^\d{3} [^\n]*\n/m))?.startsWith('250') ?? false;
    }
    typed.says('quit\r\n');
    await typed.hears(/^221[^\n]*\n/m);
    if (in_) return true;
    return answer?.startsWith('535') ? false : null;
  },
  sieve: async (typed, { user, password }) => {
    await typed.hears(/^OK [^\n]*\n/m); // the answer to its STARTTLS, which it prints
    await typed.hears(/^OK [^\n]*\n/m);
    typed.says(`AUTHENTICATE "PLAIN" "${plain(user, password)}"\r\n`);
    const answer = await typed.hears(/^(OK|NO|BYE)[^\n]*\n/m);
    let in_ = false;
    if (answer?.startsWith('OK')) {
      typed.says('LISTSCRIPTS\r\n');
      in_ = (await typed.hears(/^OK[^\n]*\n/m)) !== null;
    }
    typed.says('LOGOUT\r\n');
    await typed.hears(/^(OK|NO|BYE)[^\n]*\n/m); // Dovecot has no LOGOUT before the login
    if (in_) return true;
    return answer?.startsWith('NO') ? false : null;
  },
};

function plain(user: string, password: string): string {
  return Buffer.from(`\0${user}\0${password}`).toString('base64');
}
