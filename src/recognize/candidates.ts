import type { Candidate, LabelRow } from '../model/index.js';
import { groupBy } from './groups.js';
import type { KnownHello } from './known-hello.js';
import { byName, compare } from './order.js';

/** A known hello that answers, and how much it counts: 1, or less where it is further away than the best. */
export interface Answerer {
  readonly known: KnownHello;
  readonly closeness: number;
}

/** Who answers, in shares, and what they agree on. */
export interface Answer {
  readonly candidates: readonly Candidate[];
  /** What the first candidate is known by. */
  readonly best: KnownHello;
  readonly family: string | null;
}

/** What a label weighs whose source rounded it to nothing: it was there all the same. */
const LEAST = 0.001;

interface Voice {
  readonly label: LabelRow;
  readonly known: KnownHello;
  readonly weight: number;
}

interface Share extends Voice {
  readonly share: number;
  /** Of the client. */
  readonly strength: number;
  readonly sources: number;
}

/** The labels of one client stay together. */
function byStrengthThenSources(a: Share, b: Share): number {
  return (
    b.strength - a.strength ||
    b.sources - a.sources ||
    compare(a.label.client.toLowerCase(), b.label.client.toLowerCase()) ||
    b.share - a.share ||
    byName(a.label, b.label)
  );
}

/**
 * Shares of the labels. Each client counts as much as the source that gives it most says, and its labels divide that among themselves: a client three
 * lists tell of does not outvote one that a single list tells of, but comes before it where both are as strong. Weights of a source that counts (above 1) are taken relative to its heaviest.
 *
 * @param answerers at least one
 */
export function answerOf(answerers: readonly Answerer[]): Answer {
  const voices = voicesOf(answerers);
  const clients = groupBy(voices, (voice) => voice.label.client.toLowerCase());
  const shares: Share[] = [];
  let total = 0;
  for (const own of clients.values()) {
    const sum = sumOf(own);
    const sources = Array.from(groupBy(own, (voice) => voice.label.source).values(), sumOf);
    const strength = Math.max(...sources);
    total += strength;
    for (const voice of own) {
      shares.push({ ...voice, strength, sources: sources.length, share: (strength * voice.weight) / sum });
    }
  }
  shares.sort(byStrengthThenSources);
  return {
    candidates: shares.map(({ label, share }) => ({ label, share: share / total })),
    best: shares[0]!.known,
    family: commonFamily(answerers),
  };
}

function voicesOf(answerers: readonly Answerer[]): Voice[] {
  const heaviest = new Map<string, number>();
  for (const { known } of answerers) {
    for (const { source, weight } of known.labels) heaviest.set(source, Math.max(heaviest.get(source) ?? 1, weight));
  }
  const voices: Voice[] = [];
  for (const { known, closeness } of answerers) {
    for (const label of known.labels) {
      voices.push({ label, known, weight: (closeness * Math.max(label.weight, LEAST)) / heaviest.get(label.source)! });
    }
  }
  return voices;
}

/** The one family of those that name any. */
function commonFamily(answerers: readonly Answerer[]): string | null {
  const families = new Set(answerers.flatMap(({ known }) => known.families));
  const [family = null] = families;
  return families.size === 1 ? family : null;
}

function sumOf(voices: readonly Voice[]): number {
  return voices.reduce((sum, voice) => sum + voice.weight, 0);
}
