import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { KnownValue, KnownViews } from '../../../src/model/index.js';
import {
  Recognizer,
  subjectOfHash,
  subjectOfJa3String,
  subjectOfJa4,
  subjectOfSslJa3String,
  subjectOfString,
  subjectOfViews,
} from '../../../src/recognize/index.js';
import { CHROME, label, MUTT_JA3, MUTT_SSL_JA3, md5, OPENSSL, shipped, withExtensions } from './labels.js';

/** As the Dovecot documentation prints it, and as the shipped capture has it. */
const MUTT_SSL_JA3_HASH = 'b7e9d913d85c071f5b806d59601e9b96';
const MUTT_JA3_HASH = 'f35ce21b44ac0b87d3266294bb1b0e20';

const byJa3 = new Recognizer([label({ client: 'mutt', string: MUTT_JA3 })]);
const bySslJa3 = new Recognizer([label({ client: 'mutt', view: 'ssl_ja3', string: MUTT_SSL_JA3 })]);
const exactly = (rung: string) => ({ rung, score: 1, candidates: [{ label: { client: 'mutt' } }], difference: null });

const without = (string: string, ...types: number[]) =>
  withExtensions(string, (all) => all.filter((type) => !types.includes(type)));

describe('ja3 and ssl_ja3', () => {
  it('meet: what Dovecot logs, and a label known by its ja3', () => {
    expect(byJa3.recognize(subjectOfSslJa3String(MUTT_SSL_JA3))).toMatchObject(exactly('ssl_ja3'));
    expect(byJa3.recognize(subjectOfHash(MUTT_SSL_JA3_HASH, 'ssl_ja3'))).toMatchObject(exactly('ssl_ja3'));
    // Somebody who does not know which of the two it is.
    expect(byJa3.recognize(subjectOfHash(MUTT_SSL_JA3_HASH, null))).toMatchObject(exactly('ssl_ja3'));
    expect(byJa3.recognize(subjectOfString(MUTT_SSL_JA3))).toMatchObject(exactly('ssl_ja3'));
    expect(byJa3.recognize(subjectOfString(MUTT_JA3))).toMatchObject(exactly('ja3'));
    expect(byJa3.recognize(subjectOfString(without(MUTT_SSL_JA3, 0))).rung).toBe('situational');
  });

  it('meet: a ja3 that was seen, and a label from a log', () => {
    expect(bySslJa3.recognize(subjectOfJa3String(MUTT_JA3))).toMatchObject(exactly('ssl_ja3'));
    // Seen with TLS 1.0 in the version field: Dovecot says 771 of every hello.
    expect(bySslJa3.recognize(subjectOfJa3String(MUTT_JA3.replace('771,', '769,')))).toMatchObject(exactly('ssl_ja3'));
  });

  it('find the shipped names of the documented hash, whichever it is taken for', () => {
    const recognizer = new Recognizer(shipped);
    for (const hash of [MUTT_SSL_JA3_HASH, MUTT_JA3_HASH]) {
      const answer = recognizer.recognize(subjectOfHash(hash, null));
      expect(answer.family).toBe('GnuTLS');
      expect(answer.candidates.map((one) => one.label.client.toLowerCase())).toContain('mutt');
    }
  });

  it('are not the same where the ja3 are known to differ: Dovecot hides record_size_limit (28)', () => {
    expect(byJa3.recognize(subjectOfJa3String(without(MUTT_JA3, 28))).rung).toBe('stack');
  });

  it('are told apart where the view is known', () => {
    expect(byJa3.recognize(subjectOfHash(MUTT_JA3_HASH, 'ssl_ja3')).rung).toBe('none');
    expect(bySslJa3.recognize(subjectOfHash(MUTT_SSL_JA3_HASH, 'ja3')).rung).toBe('none');
  });

  it('follow the OpenSSL generation: from 3.2 on, certificate compression (27) is told', () => {
    const told = (types: readonly number[]) => `771,4865-4866-4867-49195,${types.join('-')},29-23-24,0`;
    const recognizer = new Recognizer([label({ string: told([0, 23, 27, 28, 43, 51]) })]);
    for (const types of [
      [0, 23, 43, 51],
      [0, 23, 27, 43, 51],
    ]) {
      expect(recognizer.recognize(subjectOfSslJa3String(told(types))).rung).toBe('ssl_ja3');
      expect(recognizer.recognize(subjectOfHash(md5(told(types)), 'ssl_ja3')).rung).toBe('ssl_ja3');
    }
  });

  it('are compared as Dovecot tells both: nothing it hides seems dropped', () => {
    const seen = byJa3.recognize(subjectOfSslJa3String(without(MUTT_SSL_JA3, 0)));
    expect(seen).toMatchObject({
      rung: 'situational',
      difference: { extensions: { added: [], dropped: [0], moved: [] } },
    });
    const logged = bySslJa3.recognize(subjectOfJa3String(without(MUTT_JA3, 0)));
    expect(logged).toMatchObject({
      rung: 'situational',
      difference: { extensions: { added: [], dropped: [0], moved: [] } },
    });
  });

  it('count a client once whose list has both', () => {
    const both = ['ja3', 'ssl_ja3'] as const;
    const recognizer = new Recognizer(
      both.map((view) => label({ client: 'mutt', view, string: view === 'ja3' ? MUTT_JA3 : MUTT_SSL_JA3 })),
    );
    expect(recognizer.recognize(subjectOfSslJa3String(MUTT_SSL_JA3)).candidates).toMatchObject([
      { label: { view: 'ssl_ja3' }, share: 1 },
    ]);
    for (const subject of [subjectOfJa3String(without(MUTT_JA3, 0)), subjectOfSslJa3String(without(MUTT_SSL_JA3, 0))]) {
      expect(recognizer.recognize(subject).candidates).toMatchObject([{ label: { view: 'ja3' }, share: 1 }]);
    }
  });
});

describe('GREASE ciphers, which ssl_ja3 keeps', () => {
  const drawn = (cipher: number) =>
    CHROME.replace('771,', `771,${cipher}-`).replace('-17513-65037,', ',').replace('-27-', '-');
  const recognizer = new Recognizer([label({ client: 'chrome', view: 'ssl_ja3', string: drawn(0x0a0a) })]);

  it.each([0x0a0a, 0x4a4a, 0xfafa])('meets the draw %i by string and by hash', (cipher) => {
    expect(recognizer.recognize(subjectOfSslJa3String(drawn(cipher))).rung).toBe('ssl_ja3');
    expect(recognizer.recognize(subjectOfHash(md5(drawn(cipher)), 'ssl_ja3')).rung).toBe('ssl_ja3');
    expect(recognizer.recognize(subjectOfString(drawn(cipher))).rung).toBe('ssl_ja3');
  });

  it('is not asked of a ja3 string, which has lost it', () => {
    expect(recognizer.recognize(subjectOfJa3String(CHROME)).rung).toBe('ssl_ja3');
    const known = new Recognizer([label({ client: 'chrome', string: CHROME })]);
    expect(known.recognize(subjectOfSslJa3String(drawn(0x3a3a))).rung).toBe('ssl_ja3');
  });
});

describe('labels without a string', () => {
  const resumed = withExtensions(OPENSSL, (types) => [...types, 41]);
  const padded = withExtensions(OPENSSL, (types) => [...types, 21]);
  const noName = without(OPENSSL, 0);

  it.each([
    ['a server name more', noName, OPENSSL],
    ['a server name less', OPENSSL, noName],
    ['padding more', padded, OPENSSL],
    ['a resumption, without the padding that then has no room', resumed, padded],
    ['a resumption that the label was captured in', OPENSSL, resumed],
    ['an address and a resumption', withExtensions(noName, (types) => [...types, 41]), OPENSSL],
  ])('are met by %s', (_what, hello, known) => {
    const recognizer = new Recognizer([label({ client: 'openssl', hash: md5(known) })]);
    const answer = recognizer.recognize(subjectOfJa3String(hello));
    expect(answer).toMatchObject({ rung: 'situational', candidates: [{ label: { client: 'openssl' } }] });
    expect(answer.difference!.extensions.moved).toEqual([]);
    // The other way round: the hash is what was logged, the string is what is known.
    const reverse = new Recognizer([label({ client: 'openssl', string: known })]);
    expect(reverse.recognize(subjectOfHash(md5(hello), 'ja3'))).toMatchObject({
      rung: 'situational',
      difference: answer.difference,
    });
  });

  it('are met through ssl_ja3 too', () => {
    const recognizer = new Recognizer([label({ view: 'ssl_ja3', hash: MUTT_SSL_JA3_HASH })]);
    expect(recognizer.recognize(subjectOfJa3String(without(MUTT_JA3, 0))).rung).toBe('none');
    // GnuTLS puts the server name in the middle, where nobody can guess it back; what was sent can be left out.
    expect(recognizer.recognize(subjectOfJa3String(withExtensions(MUTT_JA3, (types) => [...types, 41]))).rung).toBe(
      'situational',
    );
    expect(byJa3.recognize(subjectOfHash(md5(`${without(MUTT_SSL_JA3, 0)}`), 'ssl_ja3')).rung).toBe('situational');
  });

  it('say nothing of other hellos', () => {
    const recognizer = new Recognizer([label({ hash: md5(OPENSSL) })]);
    expect(recognizer.recognize(subjectOfJa3String(without(OPENSSL, 22))).rung).toBe('none');
    expect(recognizer.neighbours(subjectOfJa3String(OPENSSL), 3)).toEqual([]);
  });
});

describe('ja4', () => {
  /** From JA4's own documentation (technical_details/JA4.md): one Chrome, its parts written out. */
  const JA4 = 't13d1516h2_8daaf6152771_e5627efa2ab1';
  const JA4_R =
    't13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601';
  const sha = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
  const known = (string: string | null) =>
    new Recognizer([label({ client: 'chrome', view: 'ja4', hash: JA4, string, tlsLibrary: 'BoringSSL' })]);
  /** The same hello resumed: pre_shared_key instead of padding, counted and hashed as the specification says. */
  const list = JA4_R.split('_').slice(2).join('_').replace(',0015', '').replace(',002b', ',0029,002b');
  const resumed = `t13d1516h2_8daaf6152771_${sha(list)}`;
  const resumedR = `t13d1516h2_${JA4_R.split('_')[1]}_${list}`;

  it('is exact where it is the same', () => {
    expect(sha(JA4_R.split('_').slice(2).join('_'))).toBe('e5627efa2ab1');
    expect(known(null).recognize(subjectOfJa4(JA4))).toMatchObject({ rung: 'ja4', family: 'BoringSSL', score: 1 });
  });

  it.each([
    't13i1515h2_8daaf6152771_e5627efa2ab1',
    't13i151400_8daaf6152771_e5627efa2ab1',
    't13d151500_8daaf6152771_e5627efa2ab1',
  ])('looks past server name and ALPN, which no hash holds: %s', (other) => {
    expect(known(null).recognize(subjectOfJa4(other))).toMatchObject({ rung: 'unordered', family: 'BoringSSL' });
  });

  it('looks past the other situational extensions where both are written out', () => {
    expect(known(JA4_R).recognize(subjectOfJa4(resumed, resumedR)).rung).toBe('unordered');
    expect(known(null).recognize(subjectOfJa4(resumed, null)).rung).toBe('none');
  });

  it('keeps what lasts apart', () => {
    for (const other of [
      't12d1516h2_8daaf6152771_e5627efa2ab1',
      't13d1517h2_8daaf6152771_e5627efa2ab1',
      'q13d1516h2_8daaf6152771_e5627efa2ab1',
    ]) {
      expect(known(JA4_R).recognize(subjectOfJa4(other)).rung).toBe('none');
    }
  });
});

describe('what a log tells', () => {
  const value = (string: string | null, hash = md5(string ?? '')): KnownValue => ({ string, hash });
  const views = (change: Partial<KnownViews>): KnownViews => ({
    ja3: null,
    ja3n: null,
    sslJa3: { '3.0': null, '3.5': null },
    ja4: null,
    ...change,
  });

  it('is a subject, whatever it is', () => {
    const told = value(MUTT_SSL_JA3);
    expect(byJa3.recognize(subjectOfViews(views({ sslJa3: { '3.0': told, '3.5': told } })))).toMatchObject(
      exactly('ssl_ja3'),
    );
    expect(byJa3.recognize(subjectOfViews(views({ ja3: value(null, MUTT_JA3_HASH) })))).toMatchObject(exactly('ja3'));
    expect(bySslJa3.recognize(subjectOfViews(views({ ja3: value(MUTT_JA3) })))).toMatchObject(exactly('ssl_ja3'));
    expect(byJa3.recognize(subjectOfViews(views({}))).rung).toBe('none');
  });

  it('counts by its hash where the string is broken', () => {
    const broken = value('771,1-,,', MUTT_SSL_JA3_HASH);
    expect(byJa3.recognize(subjectOfViews(views({ sslJa3: { '3.0': broken, '3.5': null } }))).rung).toBe('ssl_ja3');
  });
});
