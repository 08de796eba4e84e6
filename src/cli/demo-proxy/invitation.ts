import { DEMO_PASSWORD, DEMO_USER } from '../../proxy/index.js';
import type { DemoPorts } from './options.js';

const PYTHON = `import imaplib, ssl
m = imaplib.IMAP4_SSL('localhost', PORT, ssl_context=ssl.create_default_context(cafile='CERTIFICATE'))
m.login('USER', 'PASSWORD')
m.select()
print(m.fetch('1', '(RFC822)')[1][0][1].decode())`;

/**
 * What listens where, and what can be tried, ready to be pasted.
 *
 * @param certificate path of the certificate
 */
export function invitation({ imaps, imap, backend }: DemoPorts, certificate: string): string {
  const python = PYTHON.replace('PORT', String(imaps))
    .replace('CERTIFICATE', certificate)
    .replace('USER', DEMO_USER)
    .replace('PASSWORD', DEMO_PASSWORD)
    .replaceAll('\n', '; ');
  const settings = `set imap_pass=${DEMO_PASSWORD} certificate_file="${certificate}" folder=imaps://${DEMO_USER}@localhost:${imaps}/ header_cache=""`;
  return `The login proxy, and behind it a mail server that tells you what the proxy saw:

  localhost:${imaps}  IMAP, TLS from the first byte
  localhost:${imap}  IMAP with STARTTLS
  localhost:${backend}  the mail server itself, past the proxy

User ${DEMO_USER}, password ${DEMO_PASSWORD}, one message. In another terminal, or with any mail program:

  curl -k 'imaps://${DEMO_USER}:${DEMO_PASSWORD}@localhost:${imaps}/INBOX;UID=1'

  mutt -n -F /dev/null -f imaps://${DEMO_USER}@localhost:${imaps}/INBOX -e '${settings}'

  python3 -c "${python}"

  openssl s_client -quiet -connect localhost:${imaps} -servername localhost
  openssl s_client -quiet -starttls imap -connect localhost:${imap} -servername localhost
  and type:  a LOGIN ${DEMO_USER} ${DEMO_PASSWORD}

The certificate vouches for itself; until the end it is in ${certificate}
Ctrl-C ends this. Logins:
`;
}
