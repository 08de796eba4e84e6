import { fingerprint, ja3nOfLists, ja3OfLists, parseJa3String, sslJa3OfLists } from '../fingerprint/index.js';
import type { ClientHello, OpenSslGeneration, Recognition, Transport } from '../model/index.js';
import { type Subject, subjectOfHello, subjectOfString } from '../recognize/index.js';
import { against } from './against/index.js';
import { whySslJa3Differs } from './difference.js';
import { explainFields } from './hello.js';
import type { FoundHello } from './hellos.js';
import { derive, type SentLists } from './ja3-derivation.js';
import { deriveJa4, ja4Missing } from './ja4-derivation.js';
import { cipherSuite, ecPointFormat, extensionType, supportedGroup, version } from './named.js';
import type { ExplainedPlace, Explanation } from './types.js';

export interface ExplainOptions {
  /** The OpenSSL generation whose ssl_ja3 is compared with ja3; default 3.0. */
  readonly openssl?: OpenSslGeneration;
  /** Another tool's hash of the same hello: MD5 in hex, or a ja4. */
  readonly against?: string;
  /** Who is asked what it is recognised as: a Recognizer fits. Absent: nobody is. */
  readonly recognizer?: { recognize(subject: Subject): Recognition };
}

export interface ExplainHelloOptions extends ExplainOptions {
  readonly place?: ExplainedPlace;
  /** Default `tcp`. */
  readonly transport?: Transport;
}

/** Everything there is to say of a hello: its fields with names, and how each of its fingerprints comes about. */
export function explainHello(found: FoundHello, options: ExplainHelloOptions = {}): Explanation {
  const { hello, recordVersion } = found;
  const { transport = 'tcp' } = options;
  const sent = sentIn(hello);
  const values = fingerprint(hello, { transport, openssl: '3.0' });
  const newer = fingerprint(hello, { transport, openssl: '3.5' });
  const ja4 = values.ja4 === null ? null : deriveJa4(values.ja4, hello, transport);
  const fingerprints = {
    ja3: derive(values.ja3, sent),
    ja3n: derive(values.ja3n, sent, { sorted: true }),
    sslJa3: {
      '3.0': derive(values.sslJa3, sent, { openssl: true }),
      '3.5': derive(newer.sslJa3, sent, { openssl: true }),
    },
    ja4,
    ja4Missing: ja4Missing(hello),
  };
  const around = { recordVersion, supportedVersions: hello.supportedVersions ?? [] };
  return {
    kind: 'hello',
    place: options.place ?? null,
    hello: explainFields(found),
    lists: null,
    fingerprints,
    ...compared(sent, fingerprints, options),
    against: options.against === undefined ? null : against(options.against, { sent, around, hello, ja4 }),
    recognition: options.recognizer?.recognize(subjectOfHello(hello, values)) ?? null,
  };
}

/**
 * What a string of the JA3 family tells, and which fingerprints follow from it: ja3, ja3n, and ssl_ja3 as far as GREASE was not left out. Never ja4.
 *
 * @throws SensorError as parseJa3String does
 */
export function explainJa3String(string: string, options: ExplainOptions = {}): Explanation {
  const sent: SentLists = parseJa3String(string);
  const fingerprints = {
    ja3: derive(ja3OfLists(sent), sent),
    ja3n: derive(ja3nOfLists(sent), sent, { sorted: true }),
    sslJa3: {
      '3.0': derive(sslJa3OfLists(sent, '3.0'), sent, { openssl: true }),
      '3.5': derive(sslJa3OfLists(sent, '3.5'), sent, { openssl: true }),
    },
    ja4: null,
    ja4Missing: ['not_in_ja3_string'],
  };
  const around = { recordVersion: null, supportedVersions: [] };
  return {
    kind: 'ja3_string',
    place: null,
    hello: null,
    lists: {
      version: version(sent.version),
      cipherSuites: sent.cipherSuites.map(cipherSuite),
      extensions: sent.extensions.map(extensionType),
      supportedGroups: sent.supportedGroups.map(supportedGroup),
      ecPointFormats: sent.ecPointFormats.map(ecPointFormat),
    },
    fingerprints,
    ...compared(sent, fingerprints, options),
    against: options.against === undefined ? null : against(options.against, { sent, around, hello: null, ja4: null }),
    recognition: options.recognizer?.recognize(subjectOfString(string)) ?? null,
  };
}

function sentIn(hello: ClientHello): SentLists {
  return {
    version: hello.legacyVersion,
    cipherSuites: hello.cipherSuites,
    extensions: hello.extensionTypes,
    supportedGroups: hello.supportedGroups ?? [],
    ecPointFormats: hello.ecPointFormats ?? [],
  };
}

function compared(
  sent: SentLists,
  { ja3, sslJa3 }: Pick<Explanation['fingerprints'], 'ja3' | 'sslJa3'>,
  { openssl = '3.0' }: ExplainOptions,
): Pick<Explanation, 'openssl' | 'sslJa3Differs'> {
  return { openssl, sslJa3Differs: whySslJa3Differs(sent, ja3, sslJa3[openssl]) };
}
