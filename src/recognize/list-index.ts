import { type Ja3Lists, sslJa3OfLists } from '../fingerprint/index.js';
import type { OpenSslGeneration } from '../model/index.js';
import { once } from './groups.js';
import type { KnownHello } from './known-hello.js';
import { asDovecotSays } from './lists.js';
import { identityOf } from './order.js';
import { type Scored, Section } from './section.js';
import type { Subject } from './subject.js';

const GENERATIONS: readonly OpenSslGeneration[] = ['3.0', '3.5'];

export type ListRung = 'situational' | 'unordered' | 'stack';

/**
 * Known hellos by what their lists say. Those with a ja3 string are compared as they are with what has one too, and as Dovecot would tell them with what
 * does not; those with an ssl_ja3 string are compared as Dovecot tells them.
 */
export class ListIndex {
  readonly #ja3: Section;
  /** The same, for what Dovecot told. */
  readonly #told: Section;
  readonly #sslJa3: Section;

  constructor(all: readonly KnownHello[]) {
    const of = (view: string) => all.filter((one) => one.view === view && one.lists !== null);
    const ja3 = of('ja3');
    const told = once(() => new Map(ja3.map((one) => [one, asDovecotSays(one.lists!)])));
    this.#ja3 = new Section(ja3, (one) => one.lists!);
    this.#told = new Section(ja3, (one) => told().get(one)!);
    this.#sslJa3 = new Section(withoutTwins(of('ssl_ja3'), ja3), (one) => asDovecotSays(one.lists!));
  }

  find(rung: ListRung, subject: Subject): readonly KnownHello[] {
    return this.#sections(subject).flatMap(([section, lists]) => section[rung](lists));
  }

  similar(subject: Subject, atLeast: number): readonly Scored[] {
    return this.#sections(subject).flatMap(([section, lists]) => section.similar(lists, atLeast));
  }

  #sections({ lists, listsView }: Subject): readonly (readonly [Section, Ja3Lists])[] {
    if (lists === null) return [];
    const told = asDovecotSays(lists);
    return [listsView === 'ja3' ? [this.#ja3, lists] : [this.#told, told], [this.#sslJa3, told]];
  }
}

/** The lists of both in the view they can be compared in; null where the known one has none. */
export function comparable(
  lists: Ja3Lists,
  listsView: Subject['listsView'],
  known: KnownHello,
): readonly [Ja3Lists, Ja3Lists] | null {
  if (known.lists === null) return null;
  if (listsView === 'ja3' && known.view === 'ja3') return [lists, known.lists];
  return [asDovecotSays(lists), asDovecotSays(known.lists)];
}

/** ssl_ja3 rows without the labels whose ja3 row says the same and more: lists of our own have both for each client. */
function withoutTwins(sslJa3: readonly KnownHello[], ja3: readonly KnownHello[]): readonly KnownHello[] {
  if (sslJa3.length === 0) return sslJa3;
  const twins = new Set<string>();
  for (const { lists, labels } of ja3) {
    for (const openssl of GENERATIONS) {
      const { string } = sslJa3OfLists(lists!, openssl);
      for (const label of labels) twins.add(string + identityOf(label));
    }
  }
  return sslJa3.flatMap((one) => {
    // Without GREASE, as the ja3 has lost it.
    const { string } = sslJa3OfLists(one.lists!, '3.5');
    const labels = one.labels.filter((label) => !twins.has(string + identityOf(label)));
    return labels.length === 0 ? [] : [labels.length === one.labels.length ? one : { ...one, labels }];
  });
}
