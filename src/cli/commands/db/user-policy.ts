import type { HeardLogin, ListEntry, VerdictEffect } from '../../../model/index.js';
import { escapeText, formatTimestamp } from '../../../report/index.js';
import type { PolicyOfUser } from '../../../store/index.js';
import type { Json } from './answer.js';
import { HASH, isoTime, shownTime, TIME, tableOf } from './text.js';

/** Rows that a policy keeps of a user. */
export function policyRows({ heard, clients, networks, usual, listed }: PolicyOfUser): number {
  return heard.length + clients.length + networks.length + usual.length + listed.length;
}

export function policyJson({ heard, clients, networks, usual, listed }: PolicyOfUser): Json {
  return {
    heard: heard.map(heardJson),
    clients: clients.map(({ device, ...seen }) => ({ device, ...seenJson(seen) })),
    networks: networks.map(({ network, ...seen }) => ({ network, ...seenJson(seen) })),
    usual: usual.map(({ counter, key, usual: value, learned }) => ({
      counter,
      key,
      usual: value,
      learned: isoTime(learned),
    })),
    listed: listed.map(listedJson),
  };
}

/** Tables under headings; empty where there is nothing. */
export async function policyText({ heard, clients, networks, usual, listed }: PolicyOfUser): Promise<string> {
  const parts: [heading: string, table: Promise<string>][] = [
    ['heard by a policy', heardTable(heard)],
    [
      'clients',
      seenTable(
        'DEVICE',
        HASH,
        clients.map(({ device, ...seen }) => ({ what: device, ...seen })),
      ),
    ],
    [
      'networks',
      seenTable(
        'NETWORK',
        { usual: 18 },
        networks.map(({ network, ...seen }) => ({ what: network, ...seen })),
      ),
    ],
    [
      'usual counts',
      tableOf(
        [
          { head: 'COUNTER', usual: 30 },
          { head: 'USUAL', usual: 6 },
        ],
        usual.map((row) => [escapeText(row.counter), row.usual.toFixed(1)]),
      ),
    ],
    [
      'list entries',
      tableOf(
        [
          { head: 'LIST', usual: 5 },
          { head: 'ADDRESS', usual: 15 },
          { head: 'UNTIL (UTC)', ...TIME },
          { head: 'REASON', least: 6 },
        ],
        listed.map(({ list, ip, expires, reason }) => [
          list,
          escapeText(ip ?? '-'),
          shownTime(expires),
          escapeText(reason),
        ]),
      ),
    ],
  ];
  const texts = await Promise.all(parts.map(async ([heading, table]) => ({ heading, text: await table })));
  return texts
    .filter(({ text }) => text !== '')
    .map(({ heading, text }) => `${heading}\n${text}`)
    .join('\n');
}

interface Seen {
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly succeeded: number;
}

function seenJson({ firstSeen, lastSeen, succeeded }: Seen): { readonly [key: string]: Json } {
  return { first_seen: isoTime(firstSeen), last_seen: isoTime(lastSeen), succeeded };
}

function listedJson({ list, ip, login, expires, reason }: ListEntry): Json {
  return { list, ip, login, expires: isoTime(expires), reason };
}

function heardJson(login: HeardLogin): Json {
  const { ja3, ja3n, sslJa3, ja4 } = login.views;
  return {
    timestamp: timeText(login.time),
    session: login.session,
    src_ip: login.remote,
    protocol: login.protocol,
    dst_port: login.port,
    sni: login.sni,
    mechanism: login.mechanism,
    tls: login.tls,
    tls_version: login.tlsVersion,
    client_id: login.clientId,
    ja3_hash: ja3?.hash ?? null,
    ja3n_hash: ja3n?.hash ?? null,
    ssl_ja3_hash: sslJa3?.hash ?? null,
    ja4: ja4?.hash ?? null,
    device: login.device,
    outcome: login.outcome,
    verdict: effectText(login.effect),
    ignored: login.ignored === null ? null : effectText(login.ignored),
    verdict_source: login.source,
    verdict_rule: login.rule,
    evidence: login.evidence.map(({ condition, found, numbers }) => ({ condition, found, numbers })),
  };
}

function heardTable(logins: readonly HeardLogin[]): Promise<string> {
  return tableOf(
    [
      { head: 'TIME (UTC)', ...TIME },
      { head: 'ADDRESS', usual: 15 },
      { head: 'PROTOCOL', usual: 8 },
      { head: 'OUTCOME', usual: 9 },
      { head: 'VERDICT', usual: 9 },
      { head: 'RULE', usual: 10 },
      { head: 'DEVICE', ...HASH },
    ],
    logins.map(({ time, remote, protocol, outcome, effect, ignored, rule, device }) =>
      [
        shownTime(Math.floor(time / 1000)),
        remote ?? '-',
        protocol ?? '-',
        outcome ?? '-',
        ignored === null ? effectText(effect) : `${effectText(effect)} (${effectText(ignored)} ignored)`,
        rule ?? '-',
        device ?? '-',
      ].map(escapeText),
    ),
  );
}

function seenTable(
  head: string,
  width: Readonly<Record<string, number | boolean>>,
  rows: readonly (Seen & { readonly what: string })[],
): Promise<string> {
  return tableOf(
    [
      { head, ...width },
      { head: 'FIRST (UTC)', ...TIME },
      { head: 'LAST (UTC)', ...TIME },
      { head: 'LOGINS', usual: 6 },
    ],
    rows.map(({ what, firstSeen, lastSeen, succeeded }) => [
      escapeText(what),
      shownTime(firstSeen),
      shownTime(lastSeen),
      String(succeeded),
    ]),
  );
}

/** `allow`, `tarpit 3`, `reject Come back later`. */
function effectText(effect: VerdictEffect): string {
  if (effect.action === 'tarpit') return `tarpit ${effect.seconds}`;
  return effect.action === 'reject' && effect.message !== null ? `reject ${effect.message}` : effect.action;
}

function timeText(milliseconds: number): string | null {
  const seconds = Math.floor(milliseconds / 1000);
  return formatTimestamp({ seconds, nanoseconds: (milliseconds - seconds * 1000) * 1_000_000, digits: 3 });
}
