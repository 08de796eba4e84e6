import type { LabelRow } from '../../src/model/index.js';
import { Recognizer, RUNGS, subjectOfJa3String } from '../../src/recognize/index.js';

const PRE_SHARED_KEY = '41';

/** Fewer extensions than these are often drawn in the order they had. */
const MIN_EXTENSIONS = 5;

/** Share of permuted hellos that each rung alone answers with the client among the candidates. */
export interface PermutedTally {
  readonly asked: number;
  readonly right: ReadonlyMap<string, number>;
}

/** Every hello is known, and asked for with its extensions in `draws` other orders, pre_shared_key last as RFC 8446 section 4.2.11 has it. */
export function askPermuted(labels: readonly LabelRow[], draws: number, random: () => number): PermutedTally {
  const recognizer = new Recognizer(labels);
  const right = new Map<string, number>();
  let asked = 0;
  for (const string of new Set(labels.map((label) => label.string!))) {
    const [version, ciphers, extensions, groups, formats] = string.split(',') as [
      string,
      string,
      string,
      string,
      string,
    ];
    const types = extensions.split('-');
    if (types.length < MIN_EXTENSIONS) continue;
    const clients = labels.filter((label) => label.string === string).map((label) => label.client);
    for (let draw = 0; draw < draws; draw++) {
      const permuted = [
        ...shuffled(
          types.filter((type) => type !== PRE_SHARED_KEY),
          random,
        ),
        ...types.filter((type) => type === PRE_SHARED_KEY),
      ].join('-');
      if (permuted === extensions) continue;
      asked++;
      const subject = subjectOfJa3String([version, ciphers, permuted, groups, formats].join(','));
      for (const rung of RUNGS) {
        const found = recognizer
          .answerOn(rung, subject)
          ?.candidates.some(({ label }) => clients.includes(label.client));
        if (found === true) right.set(rung, (right.get(rung) ?? 0) + 1);
      }
    }
  }
  return { asked, right };
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [mixed[i], mixed[other]] = [mixed[other]!, mixed[i]!];
  }
  return mixed;
}
