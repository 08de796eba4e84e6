import type { ClaimedIdentity } from '../attempt.js';
import { LETTER_WIDTH, MAX_SHOWN } from './limits.js';

/** What the server was told of a client. */
export interface Told {
  /** null: nobody told anything, so the client came without the proxy. */
  readonly identity: ClaimedIdentity | null;
  /** The pairs of the client's own IMAP ID. */
  readonly clientId: readonly (readonly [name: string, value: string | null])[];
}

/** A message (RFC 5322), all of it ASCII, so that characters are octets. */
export interface Letter {
  /** RFC 9051 section 2.3.1.1: another letter in the same place is another mailbox. */
  readonly uidValidity: number;
  readonly date: Date;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly text: string;
}

const HASHES = ['ja3_hash', 'ssl_ja3_hash', 'ja3n_hash', 'ja4'];
const STRINGS = ['ja3', 'ssl_ja3'];
const INDENT = '  ';

/** Tells somebody what was told of their program. */
export function writeLetter(told: Told, date: Date, uidValidity: number): Letter {
  const forwarded = new Map(told.identity?.forward ?? []);
  return {
    uidValidity,
    date,
    fields: [
      ['Date', date.toUTCString().replace(/GMT$/, '+0000')],
      ['From', 'ja3-sensor <ja3-sensor@localhost>'],
      ['To', 'demo@localhost'],
      ['Subject', ascii(subject(forwarded)).slice(0, MAX_SHOWN)],
      ['Message-ID', `<${uidValidity}.demo@localhost>`],
      ['MIME-Version', '1.0'],
      ['Content-Type', 'text/plain; charset=us-ascii'],
      ['Content-Transfer-Encoding', '7bit'],
    ],
    text: ascii(paragraphs(told, forwarded).join('\n\n')).split('\n').concat('').join('\r\n'),
  };
}

function subject(forwarded: ReadonlyMap<string, string>): string {
  const client = forwarded.get('client');
  if (client === undefined) return 'Your mail program says hello in a way that is not known here';
  // The hello does not tell programs with the same TLS library apart: this is the likeliest, or the library.
  return `Your mail program says hello as ${client} does`;
}

function paragraphs({ identity, clientId }: Told, forwarded: ReadonlyMap<string, string>): readonly string[] {
  if (identity === null)
    return ['Hello,', 'you came here past the proxy, so nobody told this server about your program.'];
  return [
    'Hello,',
    'the proxy in front of this mailbox has read the TLS hello of your mail program.\nThis is what it told this server with your login, as it would tell yours:',
    rows(summary(identity, forwarded)),
    'The program is the likeliest one that is known to send this hello: those that\nshare a TLS library often send the same.',
    ...STRINGS.flatMap((name) => {
      const value = forwarded.get(name);
      return value === undefined ? [] : [`${name}\n${wrapped(value)}`];
    }),
    'It came in the fields of an IMAP ID command: x-forward-client,\nx-forward-ja3_hash and so on; POP3, submission and ManageSieve backends get the\nsame by XCLIENT.',
    ...(clientId.length === 0
      ? []
      : [
          `Your program calls itself (IMAP ID):\n\n${rows(clientId.map(([name, value]) => [name, value ?? '-'] as const))}`,
        ]),
  ];
}

function summary(
  { remote, serverName }: ClaimedIdentity,
  forwarded: ReadonlyMap<string, string>,
): readonly (readonly [name: string, value: string])[] {
  const rung = forwarded.get('client_rung');
  const score = forwarded.get('client_score');
  const found = rung === undefined || rung === 'none' ? '' : ` [${rung}${score === undefined ? '' : ` ${score}`}]`;
  return [
    ['program', `${forwarded.get('client') ?? 'not known'}${found}`],
    ...HASHES.flatMap((name) => {
      const value = forwarded.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
    ...(remote === null ? [] : [['address', remote.ip] as const]),
    ...(serverName === null ? [] : [['server name', serverName] as const]),
  ];
}

function rows(pairs: readonly (readonly [name: string, value: string])[]): string {
  const shown = pairs.map(([name, value]) => [name.slice(0, MAX_SHOWN), value.slice(0, MAX_SHOWN)] as const);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${INDENT}${name.padEnd(width)}  ${value}`).join('\n');
}

function wrapped(value: string): string {
  const room = LETTER_WIDTH - INDENT.length;
  return (value.match(new RegExp(`.{1,${room}}`, 'g')) ?? []).map((piece) => INDENT + piece).join('\n');
}

/** Whoever is on this machine can tell the server anything. */
function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e\n]/gu, '?');
}
