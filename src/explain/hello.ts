import { SensorError } from '../errors.js';
import type { ClientHello, HelloNote } from '../model/index.js';
import { readContent } from './contents.js';
import type { FoundHello } from './hellos.js';
import { cipherSuite, compressionMethod, extensionType, version } from './named.js';
import type { ExplainedExtension, ExplainedHello } from './types.js';

/** A ClientHello field by field. */
export function explainFields({ hello, recordVersion }: FoundHello): ExplainedHello {
  return {
    length: hello.raw.length,
    recordVersion: recordVersion === null ? null : version(recordVersion),
    legacyVersion: version(hello.legacyVersion),
    sessionIdLength: hello.sessionId.length,
    cipherSuites: hello.cipherSuites.map(cipherSuite),
    compressionMethods: hello.compressionMethods.map(compressionMethod),
    extensions: hello.extensions === null ? null : explainExtensions(hello),
  };
}

function explainExtensions(hello: ClientHello): ExplainedExtension[] {
  const last = new Map(hello.extensionTypes.map((type, index) => [type, index]));
  const notes = [...hello.notes];
  return hello.extensions!.map(({ type, data }, index) => {
    const common = { ...extensionType(type), length: data.length };
    if (last.get(type) !== index) return { ...common, content: null, problem: null, repeated: true };
    // The contents are views of the message, as the offsets of notes are.
    const offset = data.byteOffset - hello.raw.byteOffset;
    const noted = notes.find((note) => note.offset >= offset && note.offset <= offset + data.length);
    if (noted !== undefined) return { ...common, content: null, problem: noted, repeated: false };
    return { ...common, ...contentOf(type, data, offset, hello), repeated: false };
  });
}

function contentOf(
  type: number,
  data: Uint8Array,
  offset: number,
  hello: ClientHello,
): Pick<ExplainedExtension, 'content' | 'problem'> {
  try {
    return { content: readContent(type, data, offset, hello), problem: null };
  } catch (error) {
    if (!(error instanceof SensorError)) throw error;
    const problem: HelloNote = { code: error.code, field: error.field, offset: error.offset };
    return { content: null, problem };
  }
}
