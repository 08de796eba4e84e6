import { entry } from '../../../explain/index.js';
import type { Recognition } from '../../../model/index.js';
import { type Recognizer, RUNGS, type Subject } from '../../../recognize/index.js';
import type { ExitCode } from '../../exit-codes.js';
import { textLook } from '../../look.js';
import { recognizerAmong } from '../../recognizer.js';
import { give } from './answer.js';
import { withKnown } from './database.js';
import { type Asked, lookupInput } from './lookup-input.js';
import { isMailPort } from './mail-ports.js';
import { dbOptions, portOption, type RawDbOptions } from './options.js';
import { portsTable, type Sightings, seenText, sightingsJson, sightingsOf } from './seen.js';
import { subjectOfStored, viewsJson, valuesOf as viewValues } from './views.js';
import { recognitionMembers, recognitionText } from './who.js';

export interface RawLookupOptions extends RawDbOptions {
  readonly port?: string;
}

/** Who sends such a hello, and what has been seen of it. @returns `failed` where nothing is known */
export async function lookup(what: string, raw: RawLookupOptions): Promise<ExitCode> {
  const { database, json } = dbOptions(raw);
  const port = raw.port === undefined ? null : portOption(raw.port);
  const asked = await lookupInput(what);
  return withKnown(database, async ({ store, labels }) => {
    const seen = store === null ? null : sightingsOf(store, asked.values);
    const recognition = surest(await recognizerAmong(labels()), asked, seen);
    const ports = port === null ? (seen?.ports ?? []).map((count) => count.port) : [port];
    const onMailPort = ports.some(isMailPort);
    const unknown = recognition.rung === 'none' && seen === null;
    return give(
      {
        json: {
          query: what,
          kind: asked.kind,
          fingerprint: asked.views === null ? null : viewsJson(asked.views),
          ...recognitionMembers(recognition, onMailPort),
          seen: sightingsJson(seen),
          database: store === null ? null : database.path,
        },
        text: () => (unknown ? '' : lookupText(asked, recognition, onMailPort, seen, store !== null)),
        nothing: unknown ? `nothing is known of ${asked.name}` : null,
      },
      json,
    );
  });
}

/**
 * A value alone may say less than a recorded hello that has it: its lists are known, and all its views. Of equally sure answers the value's own counts; of the
 * recorded hellos, those seen most often come first.
 */
function surest(recognizer: Recognizer, { kind, subject }: Asked, seen: Sightings | null): Recognition {
  const own = recognizer.recognize(subject);
  if (kind === 'hello' || own.rung === RUNGS[0]) return own;
  const place = ({ rung }: Recognition): number => (rung === 'none' ? RUNGS.length : RUNGS.indexOf(rung));
  return fingerprintSubjects(seen)
    .map((each) => recognizer.recognize(each))
    .reduce((best, each) => (place(each) < place(best) ? each : best), own);
}

function fingerprintSubjects(seen: Sightings | null): readonly Subject[] {
  return (seen?.fingerprints ?? []).map(({ views }) => subjectOfStored(views));
}

async function lookupText(
  asked: Asked,
  recognition: Recognition,
  onMailPort: boolean,
  seen: Sightings | null,
  hasDatabase: boolean,
): Promise<string> {
  const look = await textLook();
  const sections = [
    asked.views === null
      ? `${KINDS[asked.kind]} ${asked.name}\n`
      : viewValues(asked.views)
          .map(([name, { hash }]) => entry(name, 10, hash, look, ''))
          .join(''),
    await recognitionText(recognition, onMailPort, look),
    hasDatabase ? await sightingsText(seen, look.bold) : '',
  ];
  return sections.filter((section) => section !== '').join('\n');
}

const KINDS: Readonly<Record<Asked['kind'], string>> = {
  hello: 'hello',
  hash: 'ja3 or ssl_ja3',
  ja4: 'ja4',
  string: 'ja3 or ssl_ja3 string',
};

async function sightingsText(seen: Sightings | null, bold: (text: string) => string): Promise<string> {
  if (seen === null) return `${bold('Seen')}: never\n`;
  const ids = seen.fingerprints.map(({ id }) => id);
  const shown = `${ids.slice(0, 8).join(', ')}${ids.length > 8 ? ', …' : ''}`;
  return (
    `${bold('Seen')}: ${seenText(seen)}\n` +
    `  as ${seen.by}, fingerprint ${shown} (ja3-sensor db show ${ids[0]})\n\n${await portsTable(seen.ports)}`
  );
}
