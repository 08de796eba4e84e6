import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SensorError } from '../../../src/errors.js';
import { fingerprint, parseJa3String } from '../../../src/fingerprint/index.js';
import {
  Recognizer,
  subjectOfHash,
  subjectOfHello,
  subjectOfJa3String,
  subjectOfJa4,
  subjectOfSslJa3String,
  subjectOfString,
  subjectOfViews,
} from '../../../src/recognize/index.js';
import { situationalVariants } from '../../../src/recognize/variants.js';
import { parseClientHello } from '../../../src/tls/index.js';
import { clientHello, extension, groupsExtension, pointFormatsExtension } from '../../build/hello.js';
import { label, shipped } from './labels.js';

const recognizer = new Recognizer([
  ...shipped,
  label({ hash: 'a'.repeat(32) }),
  label({ view: 'ja4', hash: 'no ja4' }),
]);

describe('hostile input', () => {
  it('a hello as large as a hello may be is answered, and not compared with all', () => {
    const numbers = Array.from({ length: 15_000 }, (_, i) => i);
    const hello = parseClientHello(
      clientHello({
        ciphers: numbers,
        extensions: [
          groupsExtension(...numbers.slice(0, 8000)),
          pointFormatsExtension(0),
          ...numbers.slice(100, 2100).map((type) => extension(type)),
        ],
      }),
    );
    const subject = subjectOfHello(hello, fingerprint(hello));
    expect(recognizer.recognize(subject).rung).toBe('none');
    expect(recognizer.neighbours(subject, 3)).toEqual([]);
  });

  it('a hello of nothing is answered', () => {
    const hello = parseClientHello(clientHello({ ciphers: [], extensions: null }));
    expect(recognizer.recognize(subjectOfHello(hello, fingerprint(hello))).rung).toBe('none');
    const empty = new Recognizer([label({ string: '771,,,,', tlsLibrary: 'x' })]);
    expect(empty.recognize(subjectOfHello(hello, fingerprint(hello))).rung).toBe('ja3');
  });

  it('every situational extension many times over costs no more variants than the limit', () => {
    const types = [0, 16, 21, 35, 41, 42, 44, 13172];
    const string = `771,1-2,${[...types, ...types, ...types].join('-')},,`;
    expect(recognizer.recognize(subjectOfJa3String(string)).rung).toBe('none');
    expect(situationalVariants(parseJa3String(string))).toHaveLength(64);
    expect(situationalVariants(parseJa3String('771,1-2,10-11,,')).length).toBeLessThan(64);
  });

  it('whatever text comes as a string, a hash or a ja4: an answer, or one coded error', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[0-9,-]{0,60}$/),
      fc.stringMatching(/^[tqd][0-9d]{0,9}[di]?[0-9h]{0,6}_[0-9a-f]{0,12}_[0-9a-f]{0,12}$/),
    );
    const made = [subjectOfJa3String, subjectOfSslJa3String, subjectOfString, subjectOfJa4];
    const answered = (text: string) => {
      const value = { string: text, hash: text };
      const subjects = [
        subjectOfHash(text, null),
        subjectOfViews({ ja3: value, sslJa3: { '3.0': value, '3.5': null }, ja4: value }),
        ...made.flatMap((make) => {
          try {
            return [make(text)];
          } catch (error) {
            if (error instanceof SensorError) return [];
            throw error;
          }
        }),
      ];
      for (const subject of subjects) expect(recognizer.recognize(subject).score).toBeLessThanOrEqual(1);
    };
    fc.assert(fc.property(texts, answered), { numRuns: 300 });
  });

  it('a label whose string is broken is known by its hash', () => {
    const broken = new Recognizer([label({ string: '771,1-,2', hash: 'b'.repeat(32) })]);
    expect(broken.recognize(subjectOfHash('b'.repeat(32), 'ja3')).rung).toBe('ja3');
    expect(broken.recognize(subjectOfJa3String('771,1,2,,')).rung).toBe('none');
  });
});
