import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LabelRow } from '../../../src/model/index.js';
import { wholeImport } from '../../harness/import.js';
import { asText } from '../../harness/printed.js';

const sample = (name: string) => wholeImport(readFileSync(`samples/lists/${name}`));
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const byClient = (labels: readonly LabelRow[]) => Object.fromEntries(labels.map((label) => [label.client, label]));

const MUTT = 'f35ce21b44ac0b87d3266294bb1b0e20';
const PYTHON = 'd39e1be3241d516b1f714bd47c2bc968';
const CURL = '8f2dfd01a68a182e6d58f285ff59c02b';

describe('salesforce', () => {
  it('takes source and licence from the licence record, and from the caller first', () => {
    const [label] = sample('salesforce.csv').labels;
    expect(label).toEqual({
      client: 'Airmail 3',
      version: '',
      tlsLibrary: '',
      kind: 'http',
      view: 'ja3',
      hash: '561145462cfc7de1d6a97e93d3264786',
      string: null,
      weight: 1,
      quality: 'hash',
      source: 'salesforce-ja3',
      sourceRow: 5,
      licence: 'BSD-3-Clause',
      captured: null,
    });
    const other = wholeImport(`${MUTT.toUpperCase()},mutt\n`, { source: 'mine', licence: 'CC0-1.0' }).labels[0];
    expect(other).toMatchObject({ client: 'mutt', hash: MUTT, source: 'mine', licence: 'CC0-1.0' });
    expect(wholeImport(`${MUTT},mutt\n`).labels[0]).toMatchObject({ source: 'import', licence: 'unknown' });
  });

  it('says which line is broken', () => {
    expect(sample('salesforce.csv').rejected).toEqual(['9 bad_hash ja3_hash']);
  });
});

describe('abuse.ch SSLBL', () => {
  it('gives malware, with the day it was last seen', () => {
    const list = sample('sslbl.csv');
    expect(list.labels.map(({ client, kind, captured, licence }) => [client, kind, captured, licence])).toEqual([
      ['ExampleBot', 'malware', '2021-02-01', 'abuse.ch terms of use'],
      ['Adware', 'malware', '2021-02-02', 'abuse.ch terms of use'],
      ['unnamed malware', 'malware', '2021-02-03', 'abuse.ch terms of use'],
    ]);
    expect(list.rejected).toEqual(['8 bad_hash ja3_hash']);
  });
});

describe('Trisul', () => {
  const list = sample('trisul.json');
  const labels = byClient(list.labels);

  it('keeps the hash alone where there is no string, or another one', () => {
    expect(labels['made: hash alone']).toMatchObject({ string: null, quality: 'hash', kind: 'http' });
    expect(labels['made: another hash than that of its string']).toMatchObject({
      hash: md5('something else'),
      string: null,
      quality: 'hash',
    });
  });

  it('takes away separators that make the hash wrong, and keeps commas that belong to the string', () => {
    expect(labels['made: a separator too many before it']!.string).toMatch(/^771,.*,0$/);
    expect(labels['made: a separator too many behind it']!.string).toBe('769,47-53-10,0-10-11,23,0');
    expect(list.repaired).toEqual(['4 string_trimmed', '5 string_trimmed', '9 string_dropped']);
    const short = '769,4-5,,,';
    const row = (string: string) => `{"desc":"d","ja3_hash":"${md5(short)}","ja3_str":"${string}"}\n`;
    for (const string of [short, `${short}, `, `, ${short}`, `,${short},`]) {
      expect(wholeImport(row(string)).labels[0]!.string).toBe(short);
    }
  });

  it('flags record versions by signature_algorithms, and believes old hellos without it', () => {
    expect(labels['made: record version, with signature_algorithms']!.quality).toBe('record-version');
    expect(labels['made: an old hello with newer suites']!.quality).toBe('string');
    expect(labels['made: string and hash']!.quality).toBe('string');
  });

  it('tells malware by its description, and refuses what is no JA3', () => {
    expect(labels['Malware Test FP: made']!.kind).toBe('malware');
    expect(list.rejected).toEqual(['11 grease ja3', '12 bad_string ja3', '13 missing_value desc', '14 bad_json line']);
  });
});

describe('cisco', () => {
  it('derives the JA3, and weighs each process by its share', () => {
    const list = sample('cisco.json');
    // Made with hashlib of the strings written out by hand.
    const first = {
      hash: 'c5a99514262ac6140d538db61408f438',
      string: '771,4865-4866-49195,0-65281-10-11-43,29-23-24,0',
    };
    const second = { hash: '509ce10841a1e274949b94b4234a7016', string: '769,49172-53-10,,,' };
    expect(list.labels).toEqual([
      expect.objectContaining({
        client: 'Example Mail',
        kind: 'user agent',
        weight: 0.75,
        ...first,
        captured: '2019-07-25',
      }),
      expect.objectContaining({ client: 'browser.exe', kind: 'http', weight: 0.25, ...first }),
      expect.objectContaining({ client: 'rare.exe', kind: 'user agent', weight: 0.005, ...first }),
      expect.objectContaining({ client: 'updater', kind: 'http', weight: 0.75, ...second, captured: null }),
      expect.objectContaining({ client: 'dropper', kind: 'malware', weight: 0.25, ...second }),
    ]);
    expect(list.rejected).toEqual(['4 npf_sorted str_repr', '5 bad_string str_repr']);
  });

  it.each([
    ['a group list that overruns', '(0303)(1301)((000a000800080017))'],
    ['half a group', '(0303)(1301)((000a0003000117))'],
    ['point formats that overrun', '(0303)(1301)((000b00020200))'],
    ['an extension without a whole type', '(0303)(1301)((00))'],
    ['no brackets', '771,4865,,,'],
    ['half a suite', '(0303)(130)()'],
    ['bytes after the end', '(0303)(1301)()(1)'],
  ])('refuses %s', (_, string) => {
    const row = { str_repr: string, process_info: [{ process: 'p', prevalence: 1 }] };
    expect(wholeImport(JSON.stringify(row)).rejected).toEqual(['1 bad_string str_repr']);
  });

  it('takes the last of duplicate groups, as ja3.py does', () => {
    const row = {
      str_repr: '(0303)(1301)((000a000400020017)(000a000400020018))',
      process_info: [{ process: 'p', prevalence: 1 }],
    };
    expect(wholeImport(JSON.stringify(row)).labels[0]!.string).toBe('771,4865,10-10,24,');
  });
});

describe('joy extract', () => {
  it('weighs by prevalence, and drops a string with another hash', () => {
    const list = sample('joy.tsv');
    expect(list.labels.map(({ client, weight, kind, string }) => [client, weight, kind, string === null])).toEqual([
      ['Example Mail', 0.75, 'user agent', false],
      ['rare.exe', 0.005, 'user agent', false],
      ['browser.exe', 0.25, 'http', false],
      ['wrong.exe', 1, 'user agent', true],
    ]);
    expect(list.rejected).toEqual(['5 bad_hash ja3_hash']);
  });
});

describe('JA4 lists', () => {
  it('JA4DB: takes names from the most telling column, and refuses garbage', () => {
    const list = sample('ja4db.json');
    expect(list.labels.map(({ client, tlsLibrary, view, quality }) => [client, tlsLibrary, view, quality])).toEqual([
      ['Example Mail', 'Example TLS', 'ja4', 'string'],
      ['Mozilla/5.0 (made)', '', 'ja4', 'hash'],
      ['made: another hash than that of its string', '', 'ja4', 'hash'],
    ]);
    expect(list.rejected).toEqual([expect.stringMatching(/ bad_hash ja4$/)]);
  });

  it('FoxIO: takes the library where no application is named', () => {
    const list = sample('foxio.csv');
    expect(list.labels.map(({ client, tlsLibrary, view }) => [client, tlsLibrary, view])).toEqual([
      ['Example Library', 'Example Library', 'ja4'],
      ['Example Mail', 'Example TLS', 'ja4'],
    ]);
    expect(list.rejected).toEqual(['5 bad_hash ja4']);
  });

  it('believes a ja4_r that has the hash beside it, and none that is changed', () => {
    // Published by FoxIO.
    const hash = 't13d1516h2_8daaf6152771_e5627efa2ab1';
    const string =
      't13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601';
    const row = (text: string) =>
      JSON.stringify([{ application: 'a', ja4_fingerprint: hash, ja4_fingerprint_string: text }]);
    expect(wholeImport(row(string)).labels[0]).toMatchObject({ hash, string });
    expect(wholeImport(row(string.replace('0403', '0404'))).repaired).toEqual(['1 string_dropped']);
  });
});

describe('our own labels', () => {
  it('a line with two views is two labels; source rows are kept', () => {
    const list = sample('labels.csv');
    expect(list.labels.map(({ client, view, sourceRow, weight }) => [client, view, sourceRow, weight])).toEqual([
      ['mutt', 'ja3', 7, 1],
      ['mutt', 'ssl_ja3', 7, 1],
      ['Example Mail', 'ja4', 8, 0.5],
    ]);
    expect(list.rejected).toEqual(['4 bad_time captured']);
    expect(sample('labels.ndjson').rejected).toEqual(['3 bad_number weight']);
  });
});

describe('rows of pcap', () => {
  it('are observations with every view', () => {
    const [first, second] = sample('rows.ndjson').observations;
    expect(first).toMatchObject({
      timestamp: { seconds: 1795323281, nanoseconds: 906132000, digits: 6 },
      transport: 'tcp',
      src: { ip: '203.0.113.77', port: 57986 },
      dst: { ip: '192.0.2.25', port: 110 },
      proxiedSrc: null,
      starttls: 'pop3',
      sni: 'mail.example.org',
      alpn: null,
      tlsVersion: '1.3',
      retry: false,
    });
    expect(first!.fingerprint.ja3?.hash).toBe(PYTHON);
    // Mutt sends extension 28, which no OpenSSL shows: both generations say the same.
    expect(second!.fingerprint.sslJa3['3.0']?.hash).toBe('b7e9d913d85c071f5b806d59601e9b96');
    expect(second!.fingerprint.sslJa3['3.5']?.hash).toBe('b7e9d913d85c071f5b806d59601e9b96');
  });

  const row = (values: object) =>
    JSON.stringify({
      timestamp: '2026-11-22T04:54:41Z',
      src_ip: '::1',
      src_port: 1,
      dst_ip: '::1',
      dst_port: 993,
      ...values,
    });
  const value = (string: string, name: string) => ({ [name]: string, [`${name}_hash`]: md5(string) });

  it('tell for which OpenSSL their ssl_ja3 is, where that matters', () => {
    // Extension 27 is shown from OpenSSL 3.2 on, 17513 never; GREASE ciphers stay.
    const ja3 = value('771,4865,0-27-17513-43,29,0', 'ja3');
    const early = '771,2570-4865,0-43,29,0';
    const late = '771,2570-4865,0-27-43,29,0';
    for (const own of [early, late]) {
      const { sslJa3, ja3n } = wholeImport(row({ ...ja3, ...value(own, 'ssl_ja3') })).observations[0]!.fingerprint;
      expect([sslJa3['3.0'], sslJa3['3.5']]).toEqual([
        { string: early, hash: md5(early) },
        { string: late, hash: md5(late) },
      ]);
      expect(ja3n).toEqual({ string: '771,4865,0-27-43-17513,29,0', hash: md5('771,4865,0-27-43-17513,29,0') });
    }
    expect(wholeImport(row({ ...ja3, ...value('771,4865,0-27-43-5,29,0', 'ssl_ja3') })).rejected).toEqual([
      '1 bad_string ssl_ja3',
    ]);
  });

  it('keep what was chosen to be printed, a proxied source and names of any bytes', () => {
    const list = wholeImport(
      row({ ja3_hash: MUTT, proxied_src: '[2001:DB8:0::1]:7', sni: 'a\u0000\u001b[31m\u00ff ', alpn: ['h2', ''] }),
    );
    expect(list.observations[0]).toMatchObject({
      proxiedSrc: { ip: '2001:db8::1', port: 7 },
      sni: 'a\u0000\u001b[31m\u00ff ',
      alpn: ['h2', ''],
      tlsVersion: null,
      fingerprint: { ja3: { string: null, hash: MUTT }, ja3n: null, sslJa3: { '3.0': null, '3.5': null }, ja4: null },
    });
  });

  it.each<[string, object, string]>([
    ['a port', { src_port: 65536 }, 'bad_number src_port'],
    ['a transport', { transport: 'sctp' }, 'bad_text transport'],
    ['a missing address', { dst_ip: undefined }, 'bad_address dst_ip'],
    ['an address', { dst_ip: '::1%eth0' }, 'bad_address dst_ip'],
    ['a time', { timestamp: '2026-02-30T00:00:00Z' }, 'bad_time timestamp'],
    ['no time', { timestamp: null }, 'bad_time timestamp'],
    ['a proxied source', { proxied_src: '1.2.3.4' }, 'bad_address proxied_src'],
    ['half a pair', { sni: '\ud800' }, 'bad_text sni'],
    ['a list', { alpn: 'h2' }, 'bad_text alpn'],
    ['a hash', { ja3_hash: 'x' }, 'bad_hash ja3_hash'],
  ])('refuse %s that is none', (_, change, wanted) => {
    const good = row({ ja3_hash: MUTT });
    const list = wholeImport(`${good}\n${row({ ja3_hash: MUTT, ...change })}\n`);
    expect([list.observations.length, list.rejected]).toEqual([1, [`2 ${wanted}`]]);
  });
});

describe('Zeek', () => {
  it('TSV: reads by column name, unset columns, escapes, and a second header', () => {
    const { observations, rejected } = sample('zeek-ssl.log');
    expect(observations.map((o) => [o.src.ip, o.dst.port, o.sni, o.tlsVersion, o.fingerprint.ja3?.hash])).toEqual([
      ['198.51.100.21', 993, 'mail.example.org', null, MUTT],
      ['2001:db8:51::d5', 993, null, null, CURL],
      ['203.0.113.77', 993, 'a\tb.example', '1.3', PYTHON],
    ]);
    expect(observations[0]!.timestamp).toEqual({ seconds: 1795323281, nanoseconds: 912913000, digits: 6 });
    expect(observations[2]!.fingerprint.ja4).toEqual({ string: null, hash: 't13d291300_723694b0fccc_2cc26d266019' });
    expect(rejected).toEqual(['22 bad_hash ja3_hash', '23 csv_fields line']);
  });

  it('TSV: takes another separator, and rows before their header for what they are', () => {
    const log = `#separator ,\n1,2\n#unset_field,NA\n#fields,ts,id.orig_h,id.orig_p,id.resp_h,id.resp_p,ja3\n1.5,::1,1,::2,2,${MUTT}\n1.5,::1,1,::2,2,NA\n`;
    const list = wholeImport(log);
    expect([list.observations.length, list.passedOver, list.rejected]).toEqual([1, 1, ['2 csv_fields #fields']]);
  });

  it('JSON: reads dotted and unfolded ids, and times of any kind', () => {
    const list = sample('zeek-ssl.json');
    expect(list.observations.map((o) => [o.src.ip, o.timestamp.seconds, o.tlsVersion])).toEqual([
      ['198.51.100.21', 1795323281, '1.3'],
      ['2001:db8:51::d5', 1795323282, null],
    ]);
    expect(list.rejected).toEqual(['4 bad_address id.orig_h']);
    const millis = `{"ts":1795323281912,"id.orig_h":"::1","id.orig_p":1,"id.resp_h":"::2","id.resp_p":2,"ja3":"${MUTT}"}`;
    expect(wholeImport(millis).observations[0]!.timestamp).toEqual({
      seconds: 1795323281,
      nanoseconds: 912000000,
      digits: 3,
    });
  });
});

describe('Suricata', () => {
  it('reads tls events in every shape they have had', () => {
    const list = sample('eve.json');
    expect(
      list.observations.map((o) => [o.src.ip, o.starttls, o.sni, o.alpn, o.tlsVersion, o.fingerprint.ja3?.hash]),
    ).toEqual([
      ['198.51.100.21', null, 'mail.example.org', null, null, MUTT],
      ['2001:db8:51::d5', 'smtp', null, ['imap'], '1.3', PYTHON],
      ['203.0.113.77', null, null, null, null, CURL],
    ]);
    // +0100
    expect(list.observations[0]!.timestamp).toEqual({ seconds: 1795323281, nanoseconds: 912913000, digits: 6 });
    expect(list.observations[0]!.fingerprint.ja3?.string).toMatch(/^771,4866-4867-/);
    expect(list.observations[2]!.fingerprint.ja3?.string).toBeNull();
    expect(list.rejected).toEqual(['7 bad_time timestamp']);
  });

  it('reads what our own eve format prints', async () => {
    const { readCapture } = await import('../../../src/observe/index.js');
    const { formats } = await import('../../../src/report/index.js');
    const seen = [];
    for await (const observation of readCapture('samples/mail-logins.pcapng')) seen.push(observation);
    const writer = (await formats.get('eve')!.load())({ labelsOf: () => [] } as never);
    let text = '';
    writer.rows(seen, (piece) => {
      text += asText(piece);
    });
    const list = wholeImport(text);
    expect(list.rejected).toEqual([]);
    expect(
      list.observations.map((o) => [o.src, o.dst, o.starttls, o.sni, o.fingerprint.ja3, o.fingerprint.ja4?.hash]),
    ).toEqual(
      seen.map((o) => [
        o.src,
        o.dst,
        o.starttls,
        o.hello.serverName,
        { string: o.fingerprint.ja3.string, hash: o.fingerprint.ja3.hash },
        o.fingerprint.ja4?.hash,
      ]),
    );
  });
});
