import { z } from 'zod';
import { isJa4 } from '../../../fingerprint/index.js';
import { COUNTED, type Counted, PER } from '../../../policy/index.js';
import { count, expects, mapping, network, oneOf, oneOrMore, text } from '../../schema/pieces.js';
import { MAX_COUNTS } from '../limits.js';
import { decimal, pattern, seconds, values, yesOrNo } from './pieces.js';
import { time } from './time.js';

/** As `recognition.rung` of the model, the surest first. */
export const RUNGS = ['ja3', 'ja4', 'ssl_ja3', 'situational', 'unordered', 'stack', 'nearest', 'none'] as const;

const HASH = 'a hash of 32 hex digits or a ja4';
const fingerprint = () =>
  text(HASH, (value) => {
    const lower = value.toLowerCase();
    return /^[0-9a-f]{32}$/.test(lower) || isJa4(lower) ? lower : null;
  });

const word = (what: string) =>
  text(what, (value) => (/^[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?$/.test(value) ? value : null));

/** As it is registered (RFC 4422 section 3.1), in any case. */
const mechanism = () =>
  text('a SASL mechanism such as PLAIN', (value) => (/^[A-Za-z0-9_-]{1,20}$/.test(value) ? value.toUpperCase() : null));

const protocol = () =>
  text('a protocol such as imap, pop3, submission or sieve', (value) =>
    /^[A-Za-z0-9_-]{1,32}$/.test(value) ? value.toLowerCase() : null,
  );

/** null: no server name was sent. */
const sni = () => pattern('a host name or none').transform((value) => (value === 'none' ? null : value));

const COUNT = 'a mapping with per, window and at_least';

/**
 * - window: below 10 seconds two tries of one person would count, above 7 days the counts would outweigh all else the history keeps.
 * - at_least: a mail server has fewer logins than this in a week.
 */
const counted = () =>
  mapping({
    per: oneOrMore(oneOf(PER), 'fingerprint, network, address or user', 'these').describe(
      'What it is counted for: fingerprint, network (/24, /48), address or user, or several together.',
    ),
    window: seconds('10s', '7d').describe('The time before the login that is looked at.'),
    at_least: count(1, 10_000_000).describe('The number it must reach.'),
    times_usual: decimal(1, 1000)
      .optional()
      .describe('It must also reach so many times what is usual of the same fingerprint, network, address or user.'),
  });

const countDescriptions: Readonly<Record<Counted, string>> = {
  users: 'Different users that tried to log in.',
  failed_users: 'Different users whose login failed.',
  failures: 'Logins that failed.',
  logins: 'Logins, however they ended.',
};

const counts = () => {
  const what = expects(`${COUNT}, or a list of up to ${MAX_COUNTS} such`);
  return z.union([counted(), z.array(counted(), what).min(1, what).max(MAX_COUNTS, what)], what);
};

const countShape = Object.fromEntries(
  COUNTED.map((name) => [name, counts().optional().describe(countDescriptions[name])]),
) as unknown as Record<Counted, z.ZodOptional<ReturnType<typeof counts>>>;

/** All of what is given must hold; of a list one value. */
export const conditions = () =>
  mapping({
    fingerprint: values(fingerprint(), HASH)
      .optional()
      .describe('Hashes as ja3, ja3n or ssl_ja3, or a ja4: each is held against every view.'),
    client: values(pattern("a client's name"), "a client's name")
      .optional()
      .describe("Names of clients as labels have them, * for any characters: at least half of the answer's share."),
    family: values(word('a TLS library'), 'a TLS library')
      .optional()
      .describe('TLS libraries that the fingerprint is of: OpenSSL, GnuTLS, NSS, Go, ...'),
    rung: values(oneOf(RUNGS), 'a rung such as unordered')
      .optional()
      .describe('How the client was recognised: ja3, ja4, ssl_ja3, situational, unordered, stack, nearest or none.'),
    kind: values(word('a kind such as "audit tool"'), 'a kind such as "audit tool"')
      .optional()
      .describe('Kinds of labels: user agent, library, server, audit tool, http, malware: at least half of the share.'),
    has_fingerprint: yesOrNo().optional().describe('Whether anything tells of a hello.'),
    user: values(pattern("a user's name"), "a user's name")
      .optional()
      .describe('Names of users, * for any characters.'),
    network: values(network(), 'an address or a network').optional().describe('Addresses and networks of clients.'),
    protocol: values(protocol(), 'a protocol')
      .optional()
      .describe('Protocols as Dovecot names them: imap, pop3, submission, sieve, smtp, lmtp.'),
    port: values(count(1, 65_535), 'a port').optional().describe("The server's ports."),
    sni: values(sni(), 'a host name')
      .optional()
      .describe('Server names that clients sent, * for any characters; none: none was sent.'),
    mechanism: values(mechanism(), 'a SASL mechanism').optional().describe('SASL mechanisms.'),
    tls: yesOrNo().optional().describe('Whether there is TLS, as whoever asks knows it.'),
    tls_version: values(oneOf(['SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']), 'a version such as TLSv1.2')
      .optional()
      .describe('Negotiated versions of TLS: TLSv1.2, TLSv1.3, ...'),
    time: time().optional().describe('When it is.'),
    contradiction: yesOrNo()
      .optional()
      .describe('Whether the IMAP ID names a client whose TLS library is another than the one the hello is from.'),
    new_client: yesOrNo()
      .optional()
      .describe('yes: the user is known well enough (learning), and has never logged in with this client. no: has.'),
    new_network: yesOrNo().optional().describe('The same of the network (/24, /48) the client comes from.'),
    never_succeeded: mapping({
      failures: count(1, 1_000_000).describe('How often it must have failed.'),
    })
      .optional()
      .describe('The fingerprint has failed so often, and never succeeded.'),
    ...countShape,
  });

export type ConditionsEntry = z.output<ReturnType<typeof conditions>>;
export type CountEntry = z.output<ReturnType<typeof counted>>;
