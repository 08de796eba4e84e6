import type { LabelMatch, Observation, Timestamp } from '../model/index.js';
import type { LabelsOf } from './fields.js';
import { SUMMARY_FINGERPRINTS, SUMMARY_VALUES } from './limits.js';

/** How often each value was seen, most frequent first. */
export interface Tally<T> {
  readonly values: readonly (readonly [T, number])[];
  /** Observations with a value beyond the limit of values that are listed. */
  readonly more: number;
}

/** The hellos of one fingerprint. */
export interface SummaryGroup {
  /** null: the hellos whose fingerprint came after the limit of fingerprints kept apart. */
  readonly ja3: { readonly string: string; readonly hash: string } | null;
  readonly count: number;
  readonly first: Timestamp;
  readonly last: Timestamp;
  readonly labels: readonly LabelMatch[];
  readonly ports: Tally<number>;
  /** null stands for TLS from the first byte. */
  readonly starttls: Tally<string | null>;
  /** null stands for a hello without a server name. */
  readonly sni: Tally<string | null>;
}

class Counter<T> {
  readonly #counts = new Map<T, number>();
  #more = 0;

  add(value: T): void {
    const count = this.#counts.get(value);
    if (count !== undefined) this.#counts.set(value, count + 1);
    else if (this.#counts.size < SUMMARY_VALUES) this.#counts.set(value, 1);
    else this.#more++;
  }

  tally(): Tally<T> {
    return { values: [...this.#counts].sort((a, b) => b[1] - a[1]), more: this.#more };
  }
}

interface Group {
  readonly ja3: SummaryGroup['ja3'];
  readonly labels: readonly LabelMatch[];
  count: number;
  first: Timestamp;
  last: Timestamp;
  readonly ports: Counter<number>;
  readonly starttls: Counter<string | null>;
  readonly sni: Counter<string | null>;
}

const earlier = (a: Timestamp, b: Timestamp): boolean =>
  a.seconds < b.seconds || (a.seconds === b.seconds && a.nanoseconds < b.nanoseconds);

/** Groups observations by their JA3, in memory that the named limits bound. */
export class Summary {
  readonly #labelsOf: LabelsOf;
  readonly #groups = new Map<string, Group>();
  #others: Group | null = null;

  constructor(labelsOf: LabelsOf) {
    this.#labelsOf = labelsOf;
  }

  add(observation: Observation): void {
    const group = this.#groupOf(observation);
    const { timestamp } = observation;
    group.count++;
    if (earlier(timestamp, group.first)) group.first = timestamp;
    if (earlier(group.last, timestamp)) group.last = timestamp;
    group.ports.add(observation.dst.port);
    group.starttls.add(observation.starttls);
    group.sni.add(observation.hello.serverName);
  }

  /** Most frequent first; the hellos beyond the limit, where there are any, last. */
  groups(): SummaryGroup[] {
    const sorted = [...this.#groups.values()].sort((a, b) => b.count - a.count);
    if (this.#others !== null) sorted.push(this.#others);
    return sorted.map((group) => ({
      ...group,
      ports: group.ports.tally(),
      starttls: group.starttls.tally(),
      sni: group.sni.tally(),
    }));
  }

  #groupOf(observation: Observation): Group {
    const { ja3 } = observation.fingerprint;
    const known = this.#groups.get(ja3.hash);
    if (known !== undefined) return known;
    if (this.#groups.size >= SUMMARY_FINGERPRINTS) {
      this.#others ??= newGroup(observation, null, []);
      return this.#others;
    }
    // Copied: the observation holds the whole hello, the group must not.
    const group = newGroup(observation, { string: ja3.string, hash: ja3.hash }, this.#labelsOf(observation));
    this.#groups.set(ja3.hash, group);
    return group;
  }
}

function newGroup(observation: Observation, ja3: Group['ja3'], labels: readonly LabelMatch[]): Group {
  const { timestamp } = observation;
  return {
    ja3,
    labels,
    count: 0,
    first: timestamp,
    last: timestamp,
    ports: new Counter(),
    starttls: new Counter(),
    sni: new Counter(),
  };
}
