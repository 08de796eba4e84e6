import type { Evidence } from '../../../model/index.js';
import { plural, spanText } from './words.js';

type Words = (found: string, numbers: Evidence['numbers'], evidence: Evidence) => string;

/** What was counted, in words. */
const COUNTED: Readonly<Record<string, readonly [one: string, many: string]>> = {
  users: ['user', 'different users'],
  failed_users: ['user failed', 'different users failed'],
  failures: ['login failed', 'logins failed'],
  logins: ['login', 'logins'],
};

const WORDS: Readonly<Record<string, Words>> = {
  fingerprint: (found) => `its fingerprint is ${found}, which the rule names`,
  has_fingerprint: (_, __, { found }) => (found === true ? 'a fingerprint was told' : 'no fingerprint was told'),
  client: (found, numbers) => `the client is ${found}${shareText(numbers)}`,
  kind: (found, numbers) => `the client is of the kind ${found}${shareText(numbers)}`,
  family: (found, numbers) => `its TLS library is ${found}${scoreText(numbers)}`,
  rung: (found, numbers) => `it is recognised on the rung ${found}${scoreText(numbers)}`,
  user: () => 'the user is one that the rule names',
  network: () => 'its address is in a network that the rule names',
  protocol: (found) => `the protocol is ${found}`,
  port: (found) => `the port is ${found}`,
  sni: (found) => (found === 'none' ? 'it asked for no server name' : `it asked for the server name ${found}`),
  mechanism: (found) => `the mechanism is ${found}`,
  tls: (_, __, { found }) => (found === true ? 'it is inside TLS' : 'it is not inside TLS'),
  tls_version: (found) => `the TLS version is ${found}`,
  time: (found) => `the time is ${found}`,
  contradiction: (found) => `what it says it is and its TLS library contradict each other: ${found}`,
  new_client: (_, numbers, { found }) => familiarText('client', found === true, numbers),
  new_network: (_, numbers, { found }) => familiarText('network', found === true, numbers),
  never_succeeded: (found, { at_least }) =>
    `its fingerprint has failed ${plural(Number(found), 'time')} and never succeeded${wantedText(at_least)}`,
  allow_list: (found, { expires }) => `it is on the allow list by ${parts(found)}${expiryText(expires)}`,
  block_list: (found, { expires }) => `it is on the block list by ${parts(found)}${expiryText(expires)}`,
};

/** One condition, what was found, and what that was held against. Not escaped. */
export function evidenceText(evidence: Evidence): string {
  const { condition, found, numbers } = evidence;
  if (Object.hasOwn(COUNTED, condition)) return countText(COUNTED[condition]!, evidence);
  if (Object.hasOwn(WORDS, condition)) return WORDS[condition]!(String(found), numbers, evidence);
  const rest = Object.entries(numbers).map(([name, number]) => `${name} ${number}`);
  return `${condition}: ${[String(found), ...rest].join(', ')}`;
}

function countText([one, many]: readonly [string, string], { found, numbers }: Evidence): string {
  const { window, at_least, usual, times_usual } = numbers;
  const within = window === undefined ? '' : ` within ${spanText(window)}`;
  const usually =
    usual === undefined ? '' : `; usual are ${usual}, and it fires from ${times_usual ?? 1} times as many`;
  return `${plural(Number(found), one, many)}${within}${wantedText(at_least)}${usually}`;
}

const wantedText = (atLeast: number | undefined): string =>
  atLeast === undefined ? '' : ` (the rule wants at least ${atLeast})`;

function shareText({ share, labels, score }: Evidence['numbers']): string {
  if (share === undefined) return '';
  const among = labels === undefined ? '' : ` of what ${plural(labels, 'label')} say${labels === 1 ? 's' : ''}`;
  return ` (${Math.round(100 * share)} %${among}; half is enough${score === undefined ? '' : `; similarity ${score}`})`;
}

function scoreText({ score, confidence }: Evidence['numbers']): string {
  if (score === undefined) return '';
  const sure = confidence === undefined ? '' : `, right in ${Math.round(100 * confidence)} % of measured cases`;
  return ` (similarity ${score}${sure})`;
}

function familiarText(what: string, isNew: boolean, { logins, days, same }: Evidence['numbers']): string {
  const known =
    logins === undefined
      ? ''
      : ` (${plural(logins, 'good login')}${days === undefined ? '' : ` in ${plural(Math.floor(days), 'day')}`} before this one)`;
  if (isNew)
    return `the user has never logged in with this ${what}${known}`.replace('with this network', 'from this network');
  const times = same === undefined ? '' : ` ${plural(same, 'time')}`;
  return `the user has logged in ${what === 'network' ? 'from' : 'with'} this ${what}${times} before`;
}

/** `ip+login` */
const parts = (found: string): string => found.split('+').join(' and ');

/** A database may hold any number. */
function expiryText(expires: number | undefined): string {
  if (expires === undefined) return '';
  const time = new Date(1000 * expires);
  return Number.isNaN(time.getTime()) ? '' : ` until ${time.toISOString().slice(0, 19)}Z`;
}
