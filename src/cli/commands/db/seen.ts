import type { FingerprintDetail, PortCount, Seen, Store } from '../../../store/index.js';
import type { Json } from './answer.js';
import { counted, isoTime, shownTime, TIME, tableOf } from './text.js';

/** Recorded fingerprints that one value is listed for; an ssl_ja3 may belong to many. */
const MOST = 100;

/** What a database has seen of a value. */
export interface Sightings extends Seen {
  /** The value they have in common. */
  readonly by: string;
  /** The most often seen first. */
  readonly fingerprints: readonly FingerprintDetail[];
  readonly ports: readonly PortCount[];
}

/** Of the first of these values that was seen; null where none was. */
export function sightingsOf(store: Store, values: readonly string[]): Sightings | null {
  for (const by of values) {
    const found = store.fingerprints.find(by, MOST).map(({ id }) => store.fingerprints.detail(id));
    const fingerprints = found.filter((detail) => detail !== null);
    if (fingerprints.length === 0) continue;
    const ports = new Map<string, PortCount>();
    for (const count of fingerprints.flatMap((each) => each.ports)) {
      const key = `${count.port} ${count.starttls ?? ''}`;
      const before = ports.get(key);
      ports.set(key, before === undefined ? count : { ...count, ...together([before, count]) });
    }
    const all = [...ports.values()].sort((a, b) => Math.max(b.hellos, b.logins) - Math.max(a.hellos, a.logins));
    return { by, fingerprints, ports: all, ...together(fingerprints) };
  }
  return null;
}

function together(counts: readonly Seen[]): Seen {
  const times = (all: readonly (number | null)[]) => all.filter((time) => time !== null);
  const first = times(counts.map(({ firstSeen }) => firstSeen));
  const last = times(counts.map(({ lastSeen }) => lastSeen));
  return {
    hellos: counts.reduce((sum, { hellos }) => sum + hellos, 0),
    logins: counts.reduce((sum, { logins }) => sum + logins, 0),
    firstSeen: first.length === 0 ? null : Math.min(...first),
    lastSeen: last.length === 0 ? null : Math.max(...last),
  };
}

export function seenJson({ hellos, logins, firstSeen, lastSeen }: Seen): { readonly [key: string]: Json } {
  return { hellos, logins, first_seen: isoTime(firstSeen), last_seen: isoTime(lastSeen) };
}

export function portsJson(ports: readonly PortCount[]): Json {
  // Port 0: the log did not tell.
  return ports.map((count) => ({ port: count.port || null, starttls: count.starttls, ...seenJson(count) }));
}

export function sightingsJson(sightings: Sightings | null): Json {
  if (sightings === null) return null;
  const { by, fingerprints, ports } = sightings;
  return { by, ...seenJson(sightings), ports: portsJson(ports), fingerprints: fingerprints.map(({ id }) => id) };
}

/** `12 hellos, 3 logins, first 2026-11-22 04:28:45, last … (UTC)`. */
export function seenText({ hellos, logins, firstSeen, lastSeen }: Seen): string {
  const times = firstSeen === null ? '' : `, first ${shownTime(firstSeen)}, last ${shownTime(lastSeen)} (UTC)`;
  return `${counted(hellos, 'hello')}, ${counted(logins, 'login')}${times}`;
}

export function portsTable(ports: readonly PortCount[]): Promise<string> {
  return tableOf(
    [
      { head: 'PORT', usual: 5 },
      { head: 'STARTTLS', usual: 8 },
      { head: 'HELLOS', usual: 6 },
      { head: 'LOGINS', usual: 6 },
      { head: 'FIRST SEEN (UTC)', ...TIME },
      { head: 'LAST SEEN', ...TIME },
    ],
    ports.map(({ port, starttls, hellos, logins, firstSeen, lastSeen }) => [
      port === 0 ? '?' : String(port),
      starttls ?? '-',
      String(hellos),
      String(logins),
      shownTime(firstSeen),
      shownTime(lastSeen),
    ]),
  );
}
