import { entry, type Look, wrapped } from '../../../explain/index.js';
import type { Evidence, HeardLogin, KnownValue, LoginOutcome, VerdictEffect } from '../../../model/index.js';
import type { SeenClient } from '../../../policy/index.js';
import { textLook } from '../../look.js';
import type { Json } from '../db/answer.js';
import { isoTime, shownTime } from '../db/text.js';
import { evidenceText } from './evidence-text.js';
import type { KnownNow } from './known.js';
import { clientText, effectText, plural, shortKey } from './words.js';

const LABEL = 9;

/** One attempt in words: who, what became of it, why, and what is known of those who are in it. @param number `2 of 3`; null: it is the only one */
export async function attemptText(
  login: HeardLogin,
  seen: SeenClient,
  known: KnownNow,
  number: string | null,
): Promise<string> {
  const look = await textLook();
  const shown = look.escape;
  const line = (label: string, text: string): string => entry(label, LABEL, text, look);
  const said = [
    login.protocol,
    login.port === null ? null : `port ${login.port}`,
    login.tlsVersion ?? (login.tls ? 'TLS' : 'no TLS'),
  ];
  const from = login.remote === null ? '' : ` from ${login.remote}`;
  return [
    `${look.bold(shown(`Session ${login.session ?? '-'}`))}${number === null ? '' : `, attempt ${number}`}\n`,
    line('time', `${shownTime(login.time / 1000)} (UTC)`),
    line('login', shown(`${said.filter((each) => each !== null).join(', ')}${from}`)),
    line('user', login.userKey === null ? 'not told' : shortKey(login.userKey)),
    line('client', shown(clientLine(login, seen))),
    line('verdict', look.bold(shown(verdictText(login)))),
    ...whyTexts(login).map((text, i) => line(i === 0 ? 'because' : '', shown(text))),
    line('outcome', OUTCOMES[login.outcome ?? 'untold']),
    knownText(login, known, look),
  ].join('');
}

const OUTCOMES: Readonly<Record<LoginOutcome | 'untold', string>> = {
  succeeded: 'the login succeeded',
  failed: 'the login failed',
  refused: 'the login was refused',
  none: 'the login came to nothing: the mail server could not try it',
  untold: 'the mail server has not told how it ended',
};

function clientLine({ views, device }: HeardLogin, { recognition }: SeenClient): string {
  const value = views.ja3 ?? views.sslJa3 ?? views.ja3n ?? views.ja4;
  if (value === null) return 'nothing was told of its TLS';
  const name = clientText(recognition) ?? 'nobody known';
  const rung = recognition === null || recognition.rung === 'none' ? '' : ` (${recognition.rung})`;
  return `${name}${rung}, ${viewName(views)} ${value.hash}${device === null ? '' : `, device ${shortKey(device)}`}`;
}

function viewName({ ja3, sslJa3, ja3n }: HeardLogin['views']): string {
  if (ja3 !== null) return 'ja3';
  if (sslJa3 !== null) return 'ssl_ja3';
  return ja3n === null ? 'ja4' : 'ja3n';
}

/** What was done, by whose word, and what would have been. */
export function verdictText({ effect, ignored, rule, source }: HeardLogin): string {
  if (source === 'list') return `${effectText(effect)}: it is on the ${rule ?? 'list'}`;
  if (rule === null) return `${effectText(effect)}: no rule fits`;
  const name = `rule ${rule}`;
  if (ignored !== null)
    return `let in; ${name} would have had it ${effectText(ignored)}, but was only to report, or came too late`;
  return effect.action === 'allow' ? `let in, and noted by ${name}` : `${effectText(effect)} by ${name}`;
}

function whyTexts({ evidence, rule }: HeardLogin): readonly string[] {
  if (evidence.length > 0) return evidence.map(evidenceText);
  return rule === null ? [] : ['the rule has no conditions: it fits every login'];
}

/** What is known by now: the login itself, and those that came later, have been learned from. */
function knownText(login: HeardLogin, known: KnownNow, look: Look): string {
  const { device } = known;
  const parts: string[] = [];
  if (device !== null) {
    parts.push(
      `the client has succeeded ${plural(device.succeeded, 'time')} and failed ${plural(device.failed, 'time')} since ${day(device.firstSeen)}, whoever the user was`,
    );
  }
  if (login.userKey !== null) parts.push(userText(known));
  if (parts.length === 0) return '';
  return `${look.dim('Known by now')}: ${wrapped(look.escape(`${parts.join('; ')}.`), look, '  ').trimStart()}`;
}

function userText({ clients, own, networks }: KnownNow): string {
  if (clients.length === 0) return 'the user has never logged in with a client that was told of';
  const since = `the user has logged in with ${plural(clients.length, 'client')} from ${plural(networks.length, 'network')} since ${day(clients[0]!.firstSeen)}`;
  return own === null
    ? `${since}, never with this one`
    : `${since}, with this one ${plural(own.succeeded, 'time')}, first on ${day(own.firstSeen)}`;
}

const day = (seconds: number): string => shownTime(seconds).slice(0, 10);

/** The keys of `policy explain --json`: docs/policy-commands.md. */
export function attemptJson(login: HeardLogin, seen: SeenClient, { clients, networks, device }: KnownNow): Json {
  const { views } = login;
  return {
    time: new Date(login.time).toISOString(),
    session: login.session,
    user_hash: login.userKey,
    src_ip: login.remote,
    protocol: login.protocol,
    dst_port: login.port,
    sni: login.sni,
    mechanism: login.mechanism,
    tls: login.tls,
    tls_version: login.tlsVersion,
    ja3_hash: hashOf(views.ja3),
    ja3n_hash: hashOf(views.ja3n),
    ssl_ja3_hash: hashOf(views.sslJa3),
    ja4: hashOf(views.ja4),
    device: login.device,
    client: clientText(seen.recognition),
    client_rung: seen.recognition?.rung ?? null,
    outcome: login.outcome,
    ...effectJson('verdict', login.effect),
    ...effectJson('ignored', login.ignored),
    source: login.source,
    rule: login.rule,
    evidence: login.evidence.map(evidenceJson),
    known_of_client: device === null ? null : seenJson(device, { succeeded: device.succeeded, failed: device.failed }),
    known_of_user: {
      clients: clients.map((row) => seenJson(row, { device: row.device, succeeded: row.succeeded })),
      networks: networks.map((row) => seenJson(row, { network: row.network, succeeded: row.succeeded })),
    },
  };
}

const hashOf = (value: KnownValue | null): string | null => value?.hash ?? null;

function effectJson(name: string, effect: VerdictEffect | null): { readonly [key: string]: Json } {
  return {
    [name]: effect?.action ?? null,
    [`${name}_seconds`]: effect?.action === 'tarpit' ? effect.seconds : null,
    [`${name}_message`]: effect?.action === 'reject' ? effect.message : null,
  };
}

const evidenceJson = ({ condition, found, numbers }: Evidence): Json => ({ condition, found, ...numbers });

function seenJson(
  { firstSeen, lastSeen }: { readonly firstSeen: number; readonly lastSeen: number },
  rest: { readonly [key: string]: Json },
): Json {
  return { ...rest, first_seen: isoTime(firstSeen), last_seen: isoTime(lastSeen) };
}
