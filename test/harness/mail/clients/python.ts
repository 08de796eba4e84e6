import { programPath } from '../programs.js';
import { EITHER, type LoggedIn, type Login, type MailClient, run } from './client.js';

/** The protocol modules of the standard library, as a program would use them. Exit code 2: the module's own "wrong user or password". */
const PROGRAM = `import imaplib, poplib, smtplib, socket, ssl, sys
protocol, port, implicit, user, password, ca, source = sys.argv[1:]
port = int(port)
context = ssl.create_default_context(cafile=ca)
if source:
    create = socket.create_connection
    def create_connection(address, *args, **named):
        named['source_address'] = (source, 0)
        return create(address, *args[:1], **named)
    socket.create_connection = create_connection
try:
    if protocol == 'imap':
        imap = imaplib.IMAP4_SSL('localhost', port, ssl_context=context) if implicit else imaplib.IMAP4('localhost', port)
        if not implicit: imap.starttls(context)
        try:
            imap.login(user, password)
        except imaplib.IMAP4.error as error:
            print('refused', error)
            sys.exit(2)
        print(imap.select())
        print(imap.logout())
    elif protocol == 'pop3':
        pop = poplib.POP3_SSL('localhost', port, context=context) if implicit else poplib.POP3('localhost', port)
        if not implicit: pop.stls(context)
        pop.user(user)
        try:
            pop.pass_(password)
        except poplib.error_proto as error:
            print('refused', error)
            sys.exit(2)
        print(pop.stat(), pop.quit())
    else:
        smtp = smtplib.SMTP_SSL('localhost', port, context=context) if implicit else smtplib.SMTP('localhost', port)
        if not implicit: print(smtp.starttls(context=context))
        try:
            print(smtp.login(user, password))
        except smtplib.SMTPAuthenticationError as error:
            print('refused', error)
            sys.exit(2)
        print(smtp.sendmail('one@example.org', 'two@example.org', 'Subject: one\\r\\n\\r\\nfrom python\\r\\n'))
        print(smtp.quit())
except Exception as error:
    print(repr(error))
    sys.exit(1)
`;

export const python: MailClient = {
  name: 'python imaplib, poplib, smtplib',
  missing: programPath('python3') === null ? 'python3' : '',
  speaks: { imap: EITHER, pop3: EITHER, submission: EITHER },
  choosesAddress: true,
  login,
};

async function login(where: Login): Promise<LoggedIn> {
  const implicit = where.tls === 'implicit' ? 'implicit' : '';
  const { code, printed } = await run('python3', [
    '-c',
    PROGRAM,
    where.protocol,
    `${where.port}`,
    implicit,
    where.user,
    where.password,
    where.ca,
    where.from ?? '',
  ]);
  return { ok: code === 0, refused: code === 2, printed };
}
