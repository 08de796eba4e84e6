import { describe, expect, it } from 'vitest';
import type { FingerprintValue, OpenSslGeneration } from '../../../src/model/index.js';
import { type KnownLabel, LabelIndex, type SslJa3Of } from '../../../src/recognize/index.js';

/** The hashes of a real Mutt on GnuTLS: as the wire has it, and as the Dovecot documentation prints it. */
const MUTT_JA3 = 'f35ce21b44ac0b87d3266294bb1b0e20';
const MUTT_SSL_JA3 = 'b7e9d913d85c071f5b806d59601e9b96';

const MUTT = { client: 'Mutt', version: '2.2.9', tlsLibrary: 'GnuTLS', source: 'dovecot-docs' };

function known(change: Partial<KnownLabel>): KnownLabel {
  return { ...MUTT, view: 'ja3', hash: MUTT_JA3, string: null, weight: 1, ...change };
}

function value(hash: string, string = `771,${hash},,,`): FingerprintValue {
  return { string, hash };
}

function views(of: Partial<Record<OpenSslGeneration, FingerprintValue>>): SslJa3Of {
  return (openssl) => of[openssl] ?? value('of no label');
}

const NO_VIEWS = views({});

describe('LabelIndex', () => {
  it('finds nothing in nothing, and computes nothing for it', () => {
    const never = () => {
      throw new Error('no label is known under this view');
    };
    expect(new LabelIndex([]).find({ ja3: value(MUTT_JA3) }, never)).toEqual([]);
    expect(new LabelIndex([known({})]).find({ ja3: value(MUTT_JA3) }, never)).toHaveLength(1);
  });

  it('does not ask for a ja3 when only ssl_ja3 labels are known', () => {
    const hello = {
      get ja3(): FingerprintValue {
        throw new Error('no label is known under this view');
      },
    };
    const index = new LabelIndex([known({ view: 'ssl_ja3', hash: MUTT_SSL_JA3 })]);
    expect(index.find(hello, views({ '3.0': value(MUTT_SSL_JA3) }))).toHaveLength(1);
  });

  it('names a hello by its ja3', () => {
    const index = new LabelIndex([known({})]);
    expect(index.find({ ja3: value(MUTT_JA3) }, NO_VIEWS)).toEqual([{ ...MUTT, via: 'ja3' }]);
    expect(index.find({ ja3: value(MUTT_SSL_JA3) }, NO_VIEWS)).toEqual([]);
  });

  it.each<OpenSslGeneration>(['3.0', '3.5'])('names a hello by its ssl_ja3 for OpenSSL %s', (openssl) => {
    const index = new LabelIndex([known({ view: 'ssl_ja3', hash: MUTT_SSL_JA3 })]);
    const found = index.find({ ja3: value(MUTT_JA3) }, views({ [openssl]: value(MUTT_SSL_JA3) }));
    expect(found).toEqual([{ ...MUTT, via: 'ssl_ja3' }]);
  });

  it('does not take the hash of one view for that of another', () => {
    const index = new LabelIndex([known({ hash: MUTT_SSL_JA3 })]);
    expect(index.find({ ja3: value(MUTT_JA3) }, views({ '3.0': value(MUTT_SSL_JA3) }))).toEqual([]);
  });

  it('gives a label found both ways once, by its ja3', () => {
    const index = new LabelIndex([known({ view: 'ssl_ja3', hash: MUTT_SSL_JA3 }), known({})]);
    const both = views({ '3.0': value(MUTT_SSL_JA3), '3.5': value(MUTT_SSL_JA3, 'another string') });
    expect(index.find({ ja3: value(MUTT_JA3) }, both)).toEqual([{ ...MUTT, via: 'ja3' }]);
  });

  it('never matches a version taken from the record layer', () => {
    const index = new LabelIndex([
      known({ quality: 'record-version' }),
      known({ client: 'NeoMutt', quality: 'string' }),
    ]);
    expect(index.find({ ja3: value(MUTT_JA3) }, NO_VIEWS).map((match) => match.client)).toEqual(['NeoMutt']);
  });

  it('tells labels apart that differ in one word', () => {
    const words = [{ client: 'NeoMutt' }, { version: '2.2.12' }, { tlsLibrary: 'OpenSSL' }, { source: 'an operator' }];
    const index = new LabelIndex([
      known({}),
      ...words.map((word) => known({ ...word, view: 'ssl_ja3', hash: MUTT_SSL_JA3 })),
    ]);
    expect(index.find({ ja3: value(MUTT_JA3) }, views({ '3.0': value(MUTT_SSL_JA3) }))).toHaveLength(5);
  });

  it('orders by view, then weight, then name, however the labels came', () => {
    const labels = [
      known({ client: 'alpine', view: 'ssl_ja3', hash: MUTT_SSL_JA3, weight: 9 }),
      known({ client: 'msmtp', weight: 5 }),
      known({ client: 'mutt', version: '2' }),
      known({ client: 'mutt', version: '1' }),
      known({ client: 'claws-mail' }),
    ];
    const expected = ['msmtp 2.2.9', 'claws-mail 2.2.9', 'mutt 1', 'mutt 2', 'alpine 2.2.9'];
    for (const order of [labels, [...labels].reverse()]) {
      const found = new LabelIndex(order).find({ ja3: value(MUTT_JA3) }, views({ '3.0': value(MUTT_SSL_JA3) }));
      expect(found.map(({ client, version }) => `${client} ${version}`)).toEqual(expected);
    }
  });
});

/** RFC 8701 section 2, table of cipher suites and ALPN identifiers, in decimal. */
const GREASE = [
  2570, 6682, 10_794, 14_906, 19_018, 23_130, 27_242, 31_354, 35_466, 39_578, 43_690, 47_802, 51_914, 56_026, 60_138,
  64_250,
];

describe('a label whose string has a GREASE cipher', () => {
  const string = (cipher: number) => `771,${cipher}-4865-4866,0-23-65281,29-23-24,0`;
  const index = new LabelIndex([known({ view: 'ssl_ja3', hash: 'of the first draw', string: string(2570) })]);
  const found = (seen: string, hash = 'of another draw') =>
    index.find({ ja3: value(MUTT_JA3) }, views({ '3.5': value(hash, seen) })).length;

  it.each(GREASE)('is met by a hello that drew %i', (cipher) => {
    expect(found(string(cipher))).toBe(1);
  });

  it('is not met by what is no GREASE', () => {
    // LibreSSL's 0xefef, a half GREASE, and numbers that only contain a GREASE one.
    for (const cipher of [0xefef, 0x0a1a, 12_570, 25_701]) expect(found(string(cipher))).toBe(0);
    expect(found('771,4865-4866,0-23-65281,29-23-24,0')).toBe(0);
  });

  it('looks at ciphers only', () => {
    expect(found('771,4865-4866,0-2570-65281,29-23-24,0')).toBe(0);
    expect(found('771,2570-4865-4866,0-23-65281,29-2570-24,0')).toBe(0);
  });

  it('may have it anywhere in the list, and more than one', () => {
    const last = '771,4865-64250-2570,0,29,0';
    const other = new LabelIndex([known({ view: 'ssl_ja3', hash: 'x', string: last })]);
    const sslJa3 = views({ '3.0': value('y', '771,4865-2570-10794,0,29,0') });
    expect(other.find({ ja3: value(MUTT_JA3) }, sslJa3)).toHaveLength(1);
  });

  it('leaves labels without a string to their exact hash', () => {
    const hashOnly = new LabelIndex([known({ view: 'ssl_ja3', hash: 'a greased hash' })]);
    const hit = views({ '3.0': value('a greased hash', string(6682)) });
    const miss = views({ '3.0': value('another', string(2570)) });
    expect(hashOnly.find({ ja3: value(MUTT_JA3) }, hit)).toHaveLength(1);
    expect(hashOnly.find({ ja3: value(MUTT_JA3) }, miss)).toEqual([]);
  });
});
