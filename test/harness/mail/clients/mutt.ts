import { programPath } from '../programs.js';
import { Folder } from '../running.js';
import { EITHER, type LoggedIn, type Login, type MailClient, talk } from './client.js';

/** mutt in a terminal of its own (script makes one): it opens the mailbox, or sends one mail, and leaves. */
export const mutt: MailClient = {
  name: 'mutt',
  missing: ['mutt', 'script'].filter((name) => programPath(name) === null).join(', '),
  speaks: { imap: EITHER, pop3: EITHER, submission: EITHER },
  choosesAddress: false,
  login,
};

async function login(where: Login): Promise<LoggedIn> {
  const home = new Folder();
  try {
    home.write('muttrc', configuration(where, home.path));
    const command =
      where.protocol === 'submission'
        ? `echo from mutt | mutt -d 2 -F ${home.at('muttrc')} -s one two@example.org`
        : `mutt -d 2 -F ${home.at('muttrc')}`;
    const screen = talk('script', ['-qec', command, '/dev/null'], { HOME: home.path, TERM: 'xterm' });
    if (where.protocol !== 'submission') {
      await screen.hears(/---Mutt/); // the status line, when the mailbox is open or will not be
      screen.says('q');
    }
    const { code, printed } = await screen.end();
    const told = `${printed}\n${home.read('.muttdebug0')}`;
    return {
      ok: code === 0 && DONE[where.protocol].test(told),
      refused: REFUSED[where.protocol].test(told),
      printed: told,
    };
  } finally {
    home.remove();
  }
}

const DONE = { imap: /< a\d+ OK .*(?:SELECT|Select)/, pop3: /< \+OK \d+ \d+/, submission: /< 235 /, sieve: /$^/ };
const REFUSED = {
  imap: /> (a\d+) (?:AUTHENTICATE|LOGIN)[\s\S]*?< \1 NO (?!\[(?:UNAVAILABLE|PRIVACYREQUIRED))/,
  pop3: /< -ERR .*AUTH/,
  submission: /SMTP authentication failed|< 535/,
  sieve: /$^/,
};

function configuration({ protocol, port, tls, user, password, ca }: Login, home: string): string {
  const secure = tls === 'implicit' ? 's' : '';
  const shared = `
set ssl_ca_certificates_file="${ca}" ssl_verify_host=yes ssl_force_tls=yes ssl_starttls=yes
set imap_user="${user}" imap_pass="${password}" pop_user="${user}" pop_pass="${password}" smtp_pass="${password}"
set header_cache="" message_cachedir=""
set from="one@example.org" copy=no confirmappend=no abort_nosubject=no net_inc=0 sleep_time=0 pop_auth_try_all=no
`;
  if (protocol === 'submission') {
    return `${shared}set smtp_url="smtp${secure}://${user}@localhost:${port}/"\nset sendmail_wait=0\n`;
  }
  const scheme = protocol === 'pop3' ? 'pop' : 'imap';
  const folder = `${scheme}${secure}://localhost:${port}/${protocol === 'imap' ? 'INBOX' : ''}`;
  return `${shared}set spoolfile="${folder}" folder="${home}"\n`;
}
