import { formatEndpoint } from '../endpoint.js';
import { offeredVersion } from '../fingerprint/index.js';
import type { FingerprintValue, LabelMatch, Observation } from '../model/index.js';
import { jsonText } from './escape.js';
import type { RowBytes } from './row-bytes.js';
import { formatTimestamp, writeTimestamp } from './timestamp.js';

/** Finds the labels of a hello. Asked only where labels are printed. */
export type LabelsOf = (observation: Observation) => readonly LabelMatch[];

export type FieldValue = string | number | boolean | null | readonly string[] | readonly LabelMatch[];

/** Writes one member of a JSON object. */
export type WriteMember = (row: RowBytes, observation: Observation, labelsOf: LabelsOf) => void;

/** A key of a row. Neither function does anything for a field that is not selected: fingerprints are computed when first read. */
export interface Field {
  readonly name: string;
  readonly value: (observation: Observation, labelsOf: LabelsOf) => FieldValue;
  /**
   * A function that writes the value as JSON.
   *
   * @param key what stands before the value: `,"ja3":`
   */
  readonly member: (key: string) => WriteMember;
}

type Get<T> = (observation: Observation) => T;

const NULL = Buffer.from('null');
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const QUOTE = Buffer.from('"');

/** Texts of our own making (addresses, hashes, words of the program): ASCII without anything that JSON escapes. */
const word = (name: string, get: Get<string | null>): Field => ({
  name,
  value: get,
  member: (key) => {
    const open = Buffer.from(`${key}"`);
    const absent = Buffer.from(`${key}null`);
    return (row, observation) => {
      const value = get(observation);
      if (value === null) return row.bytes(absent);
      row.bytes(open);
      row.ascii(value);
      row.bytes(QUOTE);
    };
  },
});

/** Of a fingerprint's value: hellos that were met before share it, and its text is encoded once. */
const part = (name: string, which: 'string' | 'hash', get: Get<FingerprintValue | null>): Field => ({
  name,
  value: (observation) => get(observation)?.[which] ?? null,
  member: (key) => {
    const absent = Buffer.from(`${key}null`);
    const encoded = new WeakMap<FingerprintValue, Uint8Array>();
    return (row, observation) => {
      const value = get(observation);
      if (value === null) return row.bytes(absent);
      let bytes = encoded.get(value);
      if (bytes === undefined) {
        bytes = Buffer.from(`${key}"${value[which]}"`);
        encoded.set(value, bytes);
      }
      row.bytes(bytes);
    };
  },
});

/** Whole numbers from 0 on. */
const count = (name: string, get: Get<number>): Field => ({
  name,
  value: get,
  member: (key) => {
    const open = Buffer.from(key);
    return (row, observation) => {
      row.bytes(open);
      row.decimal(get(observation));
    };
  },
});

const flag = (name: string, get: Get<boolean>): Field => ({
  name,
  value: get,
  member: (key) => {
    const open = Buffer.from(key);
    return (row, observation) => {
      row.bytes(open);
      row.bytes(get(observation) ? TRUE : FALSE);
    };
  },
});

/** What has its JSON made elsewhere; null is `null`. */
const json = (
  name: string,
  value: Field['value'],
  get: (o: Observation, labelsOf: LabelsOf) => string | null,
): Field => ({
  name,
  value,
  member: (key) => {
    const open = Buffer.from(key);
    return (row, observation, labelsOf) => {
      row.bytes(open);
      const text = get(observation, labelsOf);
      if (text === null) row.bytes(NULL);
      else row.utf8(text);
    };
  },
});

/** Texts from outside. */
const text = (name: string, get: Get<string | null>): Field =>
  json(name, get, (observation) => {
    const value = get(observation);
    return value === null ? null : jsonText(value);
  });

const texts = (name: string, get: Get<readonly string[] | null>): Field =>
  json(name, get, (observation) => {
    const value = get(observation);
    return value === null ? null : `[${value.map(jsonText).join(',')}]`;
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
  count('frame', (o) => o.frame),
  {
    name: 'timestamp',
    value: (o) => formatTimestamp(o.timestamp),
    member: (key) => {
      const open = Buffer.from(key);
      return (row, observation) => {
        row.bytes(open);
        writeTimestamp(row, observation.timestamp);
      };
    },
  },
  word('transport', (o) => o.transport),
  word('src_ip', (o) => o.src.ip),
  count('src_port', (o) => o.src.port),
  word('dst_ip', (o) => o.dst.ip),
  count('dst_port', (o) => o.dst.port),
  word('proxied_src', (o) => (o.proxiedSrc === null ? null : formatEndpoint(o.proxiedSrc))),
  word('starttls', (o) => o.starttls),
  text('sni', (o) => o.hello.serverName),
  texts('alpn', (o) => o.hello.alpn),
  word('tls_version', (o) => offeredVersion(o.hello).row),
  part('ja3', 'string', (o) => o.fingerprint.ja3),
  part('ja3_hash', 'hash', (o) => o.fingerprint.ja3),
  part('ja3n', 'string', (o) => o.fingerprint.ja3n),
  part('ja3n_hash', 'hash', (o) => o.fingerprint.ja3n),
  part('ssl_ja3', 'string', (o) => o.fingerprint.sslJa3),
  part('ssl_ja3_hash', 'hash', (o) => o.fingerprint.sslJa3),
  part('ja4', 'hash', (o) => o.fingerprint.ja4),
  part('ja4_r', 'string', (o) => o.fingerprint.ja4),
  flag('retry', (o) => o.retry),
  json(
    'labels',
    (observation, labelsOf) => labelsOf(observation),
    (observation, labelsOf) => labelsJson(labelsOf(observation)),
  ),
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
