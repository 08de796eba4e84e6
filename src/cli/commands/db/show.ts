import type { LabelRow } from '../../../model/index.js';
import type { FingerprintSummary } from '../../../store/index.js';
import { type ExitCode, UsageError } from '../../exit-codes.js';
import { textLook } from '../../look.js';
import { recognizerAmong } from '../../recognizer.js';
import { say } from '../../say.js';
import { type Answer, give } from './answer.js';
import { type Known, withKnown } from './database.js';
import { dbOptions, type RawDbOptions } from './options.js';
import { fingerprintRowJson, fingerprintTable } from './rows.js';
import { type Shown, shownOfLabels, shownOfStored } from './shown.js';
import { shownJson, shownText } from './shown-text.js';
import { ofCase, valuesOf } from './views.js';

/** A row number, or a hash or its beginning. Hashes are hex; a ja4 has letters and underscores too. */
const ID = /^\d{1,15}$/;
const VALUE = /^[0-9A-Za-z_]{4,40}$/;

/** Everything about one fingerprint, or a list of those that a value may mean. @returns `failed` where there is none */
export async function show(what: string, raw: RawDbOptions): Promise<ExitCode> {
  const { database, json } = dbOptions(raw);
  const wanted = ofCase(what.trim());
  if (!ID.test(wanted) && !VALUE.test(wanted)) {
    throw new UsageError(
      `${what} is no number of a fingerprint, no hash and no beginning of one (four characters at least)`,
    );
  }
  return withKnown(database, async (known) => give(await answerOf(wanted, known), json));
}

async function answerOf(wanted: string, known: Known): Promise<Answer> {
  const { store } = known;
  const detail = store !== null && ID.test(wanted) ? store.fingerprints.detail(Number(wanted)) : null;
  const rows = detail !== null ? [detail] : VALUE.test(wanted) ? (store?.fingerprints.find(wanted) ?? []) : [];
  if (rows.length > 1) return listOf(rows, wanted, known);
  const recognizer = await recognizerAmong(known.labels());
  if (store !== null && rows.length === 1) {
    return answerWith(shownOfStored(detail ?? store.fingerprints.detail(rows[0]!.id)!, store, recognizer));
  }
  const labels = VALUE.test(wanted) ? labelsOf(wanted, known) : [];
  if (labels.length > 0) return answerWith(shownOfLabels(labels, recognizer));
  return { json: { fingerprint: null }, text: () => '', nothing: `there is no fingerprint ${wanted}` };
}

/** Of one value: the first that begins so. */
function labelsOf(wanted: string, { labels }: Known): readonly LabelRow[] {
  const found = labels().filter(({ hash }) => hash.startsWith(wanted));
  return found.filter(({ view, hash }) => view === found[0]!.view && hash === found[0]!.hash);
}

function answerWith(shown: Shown): Answer {
  return { json: { fingerprint: shownJson(shown) }, text: async () => shownText(shown, await textLook()) };
}

async function listOf(rows: readonly FingerprintSummary[], wanted: string, known: Known): Promise<Answer> {
  const recognizer = await recognizerAmong(known.labels());
  const whole = rows.every(({ views }) => valuesOf(views).some(([, { hash }]) => hash === wanted));
  say(`${rows.length} fingerprints ${whole ? 'have' : 'begin with'} ${wanted}: choose one by its number`);
  return {
    json: { fingerprints: rows.map((row) => fingerprintRowJson(row, recognizer)) },
    text: () => fingerprintTable(rows, recognizer),
  };
}
