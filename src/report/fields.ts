import { formatEndpoint } from '../endpoint.js';
import type { LabelMatch, Observation } from '../model/index.js';
import { jsonText } from './escape.js';
import { formatTimestamp } from './timestamp.js';
import { offeredVersion } from './tls-version.js';

/** Finds the labels of a hello. Asked only where labels are printed. */
export type LabelsOf = (observation: Observation) => readonly LabelMatch[];

export type FieldValue = string | number | boolean | null | readonly string[] | readonly LabelMatch[];

/** Puts one member of a JSON object behind `line`. */
export type Append = (line: string, observation: Observation, labelsOf: LabelsOf) => string;

/** A key of a row. Neither function does anything for a field that is not selected: fingerprints are computed when first read. */
export interface Field {
  readonly name: string;
  readonly value: (observation: Observation, labelsOf: LabelsOf) => FieldValue;
  /**
   * A function that appends the value as JSON. Strings are joined once a piece, which is what a row costs.
   *
   * @param key what stands before the value: `,"ja3":`
   */
  readonly append: (key: string) => Append;
}

type Get<T> = (observation: Observation) => T;

/** Texts of our own making (addresses, hashes, words of the program), which hold nothing that JSON escapes. */
const word = (name: string, get: Get<string | null>): Field => ({
  name,
  value: get,
  append: (key) => {
    const open = `${key}"`;
    const absent = `${key}null`;
    return (line, observation) => {
      const value = get(observation);
      // Not a template: its pieces would become a string of their own first.
      // biome-ignore lint/style/useTemplate: see above
      return value === null ? line + absent : line + open + value + '"';
    };
  },
});

const plain = (name: string, get: Get<number | boolean>): Field => ({
  name,
  value: get,
  append: (key) => (line, observation) => line + key + String(get(observation)),
});

/** Texts from outside. */
const text = (name: string, get: Get<string | null>): Field => ({
  name,
  value: get,
  append: (key) => (line, observation) => {
    const value = get(observation);
    return line + key + (value === null ? 'null' : jsonText(value));
  },
});

const texts = (name: string, get: Get<readonly string[] | null>): Field => ({
  name,
  value: get,
  append: (key) => (line, observation) => {
    const value = get(observation);
    return line + key + (value === null ? 'null' : `[${value.map(jsonText).join(',')}]`);
  },
});

/** A label as rows carry it. */
export function labelJson(label: LabelMatch): string {
  const { client, version, tlsLibrary, source, via } = label;
  return `{"client":${jsonText(client)},"version":${jsonText(version)},"tls_library":${jsonText(tlsLibrary)},"source":${jsonText(source)},"via":"${via}"}`;
}

// One fingerprint has one set of labels, found again and again: its JSON is made once.
const labelsJsonCache = new WeakMap<readonly LabelMatch[], string>();

export function labelsJson(labels: readonly LabelMatch[]): string {
  if (labels.length === 0) return '[]';
  let json = labelsJsonCache.get(labels);
  if (json === undefined) {
    json = `[${labels.map(labelJson).join(',')}]`;
    labelsJsonCache.set(labels, json);
  }
  return json;
}

/** The row of a hello, key by key, in the order they are printed. */
export const rowFields: readonly Field[] = [
  text('file', (o) => o.file),
  plain('frame', (o) => o.frame),
  word('timestamp', (o) => formatTimestamp(o.timestamp)),
  word('transport', (o) => o.transport),
  word('src_ip', (o) => o.src.ip),
  plain('src_port', (o) => o.src.port),
  word('dst_ip', (o) => o.dst.ip),
  plain('dst_port', (o) => o.dst.port),
  word('proxied_src', (o) => (o.proxiedSrc === null ? null : formatEndpoint(o.proxiedSrc))),
  word('starttls', (o) => o.starttls),
  text('sni', (o) => o.hello.serverName),
  texts('alpn', (o) => o.hello.alpn),
  word('tls_version', (o) => offeredVersion(o.hello).row),
  word('ja3', (o) => o.fingerprint.ja3.string),
  word('ja3_hash', (o) => o.fingerprint.ja3.hash),
  word('ja3n', (o) => o.fingerprint.ja3n.string),
  word('ja3n_hash', (o) => o.fingerprint.ja3n.hash),
  word('ssl_ja3', (o) => o.fingerprint.sslJa3.string),
  word('ssl_ja3_hash', (o) => o.fingerprint.sslJa3.hash),
  word('ja4', (o) => o.fingerprint.ja4?.hash ?? null),
  word('ja4_r', (o) => o.fingerprint.ja4?.string ?? null),
  plain('retry', (o) => o.retry),
  {
    name: 'labels',
    value: (observation, labelsOf) => labelsOf(observation),
    append: (key) => (line, observation, labelsOf) => line + key + labelsJson(labelsOf(observation)),
  },
];

/** Added where the ServerHello was waited for. */
export const serverFields: readonly Field[] = [
  word('ja3s', (o) => o.server?.ja3s.string ?? null),
  word('ja3s_hash', (o) => o.server?.ja3s.hash ?? null),
];

/** Every field there is, by name. */
export const fieldsByName: ReadonlyMap<string, Field> = new Map(
  [...rowFields, ...serverFields].map((field) => [field.name, field]),
);
