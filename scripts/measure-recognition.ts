/**
 * Measures the ladder by leaving out what it is asked for, and writes the tables of docs/recognition.md and db/calibration/mail.json:
 *
 *     npx tsx scripts/measure-recognition.ts
 *
 * It reads the mail programs of cisco/joy's fingerprint database from ../shared/data/joy_mail.tsv and the project's own labels.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Random } from '../bench/lib/random.js';
import { debianClients, joyMail } from './recognition/data.js';
import { type Ask, leaveOneOut, sameClient, sameFingerprint } from './recognition/leave-one-out.js';
import { askPermuted } from './recognition/permute.js';
import {
  calibrationOf,
  describe,
  LEFT_OUT,
  ladderTable,
  openSetTable,
  permutedTable,
  rungTable,
  scoreTable,
  type Trials,
} from './recognition/tables.js';

const path = (name: string) => new URL(`../${name}`, import.meta.url).pathname;
const joy = joyMail(path('../shared/data/joy_mail.tsv'));
const debian = debianClients(path('db/labels/debian12-mail-clients.csv'));
const known = [...joy.labels, ...debian.labels];

const climb: Ask = (recognizer, subject) => recognizer.recognize(subject);
const trials = Object.fromEntries(
  LEFT_OUT.map((rung) => [
    rung,
    leaveOneOut(joy.labels, known, sameFingerprint, (recognizer, subject) => recognizer.answerOn(rung, subject)),
  ]),
) as unknown as Trials;
const ladder = leaveOneOut(joy.labels, known, sameFingerprint, climb);
const own = leaveOneOut(debian.labels, known, sameFingerprint, climb);
const strangers = leaveOneOut(known, known, sameClient, climb);

const random = new Random(20_261_122);
const permuted = new Map(
  [joy, debian].map(({ name, labels }) => [name, askPermuted(labels, 20, () => random.u32() / 2 ** 32)]),
);

const today = new Date().toISOString().slice(0, 10);
write(
  'docs/recognition.md',
  replaceMeasured(readFileSync(path('docs/recognition.md'), 'utf8'), [
    `Run of ${today}. ${joy.name}: ${describe(joy.labels)}. ${debian.name}: ${describe(debian.labels)}.`,
    `### The ladder, on ${joy.name}\n\n${ladderTable(ladder)}`,
    `### Each rung alone, and beside the next\n\n${rungTable(trials)}`,
    `### \`nearest\` by score\n\n${scoreTable(trials.nearest)}`,
    `### The ladder, on ${debian.name}\n\n${ladderTable(own)}`,
    `### Permuted extensions\n\n${permutedTable(permuted)}`,
    `### Strangers\n\n${openSetTable(strangers)}`,
  ]),
);
write('db/calibration/mail.json', `${JSON.stringify(calibrationOf(trials, today, joy.name), null, 2)}\n`);

function replaceMeasured(text: string, parts: readonly string[]): string {
  const [begin, end] = ['<!-- measured: begin -->', '<!-- measured: end -->'];
  const [before, rest = ''] = text.split(begin) as [string, string?];
  const after = rest.split(end)[1];
  if (after === undefined) throw new Error('docs/recognition.md has lost its marks');
  return `${before}${begin}\n${parts.join('\n\n')}\n${end}${after}`;
}

function write(name: string, text: string): void {
  writeFileSync(path(name), text);
  console.log(name);
}
