import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Recognizer, subjectOfHash, subjectOfJa3String, subjectOfString } from '../../../src/recognize/index.js';
import { CHROME, label, MUTT_JA3, md5, OPENSSL, shipped, withExtensions } from './labels.js';

const openssl = label({ client: 's_client', tlsLibrary: 'OpenSSL 3.0.22', string: OPENSSL });
const mutt = label({ client: 'mutt', tlsLibrary: 'GnuTLS 3.7.9', string: MUTT_JA3 });
const chrome = label({ client: 'chrome', tlsLibrary: 'BoringSSL', string: CHROME });
const recognizer = new Recognizer([openssl, mutt, chrome]);
const recognize = (string: string) => recognizer.recognize(subjectOfJa3String(string));

/** recognition.md names them; 13172 is next_protocol_negotiation. */
const SITUATIONAL = [0, 16, 21, 35, 41, 42, 44, 13172];

describe('the ladder', () => {
  it('knows a ja3 by its string and by its hash', () => {
    const exact = {
      rung: 'ja3',
      score: 1,
      family: 'OpenSSL',
      candidates: [{ label: openssl, share: 1 }],
      difference: null,
    };
    expect(recognize(OPENSSL)).toMatchObject(exact);
    expect(recognizer.recognize(subjectOfHash(md5(OPENSSL), 'ja3'))).toMatchObject(exact);
  });

  it('answers `situational` for any situational extensions more or less, wherever they stand, and tells them', () => {
    const draws = fc.array(fc.record({ type: fc.constantFrom(...SITUATIONAL), at: fc.nat(20) }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.subarray(SITUATIONAL), draws, (removed, added) => {
        const changed = withExtensions(OPENSSL, (types) => {
          const kept = types.filter((type) => !removed.includes(type));
          for (const { type, at } of added) if (!kept.includes(type)) kept.splice(at, 0, type);
          return kept;
        });
        fc.pre(changed !== OPENSSL);
        const answer = recognize(changed);
        expect(answer.rung).toBe('situational');
        expect(answer.candidates.map((one) => one.label.client)).toEqual(['s_client']);
        const { added: more, dropped } = answer.difference!.extensions;
        expect([...more, ...dropped].filter((type) => !SITUATIONAL.includes(type))).toEqual([]);
      }),
    );
  });

  it('answers `unordered` for any other order of the extensions that last', () => {
    const order = CHROME.split(',')[2]!.split('-').map(Number);
    const lasting = (types: readonly number[]) => types.filter((type) => !SITUATIONAL.includes(type)).join();
    fc.assert(
      fc.property(fc.shuffledSubarray(order, { minLength: order.length }), (permuted) => {
        fc.pre(lasting(permuted) !== lasting(order));
        const answer = recognize(withExtensions(CHROME, () => permuted));
        expect(answer).toMatchObject({ rung: 'unordered', score: 1, candidates: [{ label: { client: 'chrome' } }] });
        expect(answer.difference!.extensions).toMatchObject({ added: [], dropped: [] });
        expect(answer.difference!.extensions.moved.length).toBeGreaterThan(0);
      }),
    );
  });

  it('takes GREASE for nothing, wherever a tool left it in', () => {
    const grease = fc.integer({ min: 0, max: 15 }).map((high) => 0x0a0a + 0x1010 * high);
    fc.assert(
      fc.property(grease, grease, grease, (cipher, extension, group) => {
        const [version, ciphers, extensions, groups, formats] = CHROME.split(',');
        const greased = `${version},${cipher}-${ciphers},${extension}-${extensions}-${extension},${group}-${groups},${formats}`;
        expect(recognize(greased)).toMatchObject({ rung: 'ja3', family: 'BoringSSL' });
      }),
    );
  });

  it('answers `stack` for the same ciphers and groups, and names the library', () => {
    const other = withExtensions(OPENSSL, (types) => types.filter((type) => type !== 22).concat(49));
    expect(recognize(other)).toMatchObject({
      rung: 'stack',
      family: 'OpenSSL',
      difference: { extensions: { added: [49], dropped: [22], moved: [] } },
    });
  });

  it('leaves signalling ciphers out of the stack: RFC 5746 and RFC 7507', () => {
    const without = OPENSSL.replace('-47-255,', '-47-22016,');
    const answer = recognize(without);
    expect(answer.rung).toBe('stack');
    expect(answer.difference!.cipherSuites).toEqual({ added: [22016], dropped: [255], moved: [] });
  });

  it('answers `nearest` for one cipher less, and `none` for what is like nothing', () => {
    const nearest = recognize(OPENSSL.replace('-60-53', '-53'));
    expect(nearest).toMatchObject({
      rung: 'nearest',
      family: 'OpenSSL',
      difference: { cipherSuites: { dropped: [60] } },
    });
    expect(nearest.score).toBeGreaterThan(0.8);
    expect(nearest.score).toBeLessThan(1);
    expect(recognize('771,1-2-3,4-5,6,1')).toEqual({
      rung: 'none',
      score: 0,
      confidence: null,
      family: null,
      candidates: [],
      difference: null,
    });
  });

  it('merges what no score tells apart, and names a family only where all agree', () => {
    // Two labels that lie equally far from the hello, one cipher each.
    const [first, second] = [OPENSSL.replace('-60-53', '-53'), OPENSSL.replace('-61-60', '-60')];
    const hello = subjectOfJa3String(OPENSSL);
    const tie = (other: string) =>
      new Recognizer([
        label({ client: 'one', tlsLibrary: 'OpenSSL', string: first }),
        label({ client: 'two', tlsLibrary: other, string: second }),
      ]).recognize(hello);
    expect(
      tie('OpenSSL 1.1')
        .candidates.map((one) => one.label.client)
        .sort(),
    ).toEqual(['one', 'two']);
    expect(tie('OpenSSL 1.1')).toMatchObject({ rung: 'nearest', family: 'OpenSSL' });
    expect(tie('LibreSSL')).toMatchObject({ rung: 'nearest', family: null });
    expect(tie('unknown')).toMatchObject({ family: 'OpenSSL' });
  });

  it('never matches a version taken from the record layer', () => {
    const wrong = new Recognizer([label({ string: OPENSSL, quality: 'record-version' })]);
    expect(wrong.recognize(subjectOfJa3String(OPENSSL)).rung).toBe('none');
    expect(wrong.neighbours(subjectOfJa3String(OPENSSL), 5)).toEqual([]);
  });

  it('answers nothing where nothing is known', () => {
    expect(new Recognizer([]).recognize(subjectOfString(OPENSSL)).rung).toBe('none');
  });

  it('does not depend on the order of the labels', () => {
    const strings = [...new Set(shipped.map((one) => one.string!))];
    const [forward, backward] = [new Recognizer(shipped), new Recognizer([...shipped].reverse())];
    for (const string of strings) {
      const asked = withExtensions(string, (types) => types.filter((type) => type !== 0));
      const shares = (one: Recognizer) =>
        one
          .recognize(subjectOfString(asked))
          .candidates.map(({ label: { client, version, source }, share }) =>
            [client, version, source, share.toFixed(9)].join(),
          );
      expect(shares(backward)).toEqual(shares(forward));
    }
  });
});
