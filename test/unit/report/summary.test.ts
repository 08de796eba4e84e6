import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/model/index.js';
import { Summary, summaryFormats } from '../../../src/report/index.js';
import { SUMMARY_FINGERPRINTS, SUMMARY_VALUES } from '../../../src/report/limits.js';
import { helloWith, labelOfMutt, mutt, observationWith } from '../../harness/observation.js';

const withJa3 = (hash: string, changes: Partial<Observation> = {}): Observation =>
  observationWith({
    fingerprint: { ...observationWith().fingerprint, ja3: { string: `of ${hash}`, hash } },
    ...changes,
  });

const at = (seconds: number) => ({ seconds, nanoseconds: 0, digits: 0 });

function summaryOf(observations: Iterable<Observation>): Summary {
  const summary = new Summary(() => [labelOfMutt]);
  for (const observation of observations) summary.add(observation);
  return summary;
}

const logins = [
  withJa3('a'.repeat(32), { timestamp: at(20), starttls: 'imap', dst: { ip: '192.0.2.1', port: 143 } }),
  withJa3('b'.repeat(32), { timestamp: at(30) }),
  withJa3('b'.repeat(32), { timestamp: at(10), hello: helloWith() }),
  withJa3('b'.repeat(32), { timestamp: at(20), dst: { ip: '192.0.2.1', port: 995 } }),
];

describe('Summary', () => {
  it('groups by fingerprint, the most frequent first', () => {
    const groups = summaryOf(logins).groups();
    expect(groups.map((group) => [group.ja3?.hash[0], group.count])).toEqual([
      ['b', 3],
      ['a', 1],
    ]);
    expect(groups[0]).toMatchObject({
      first: at(10),
      last: at(30),
      labels: [labelOfMutt],
      ports: {
        values: [
          [993, 2],
          [995, 1],
        ],
        more: 0,
      },
      starttls: { values: [[null, 3]], more: 0 },
      sni: {
        values: [
          ['mail.example.org', 2],
          [null, 1],
        ],
        more: 0,
      },
    });
  });

  it('holds a scanner that never repeats itself within its limits, and counts everything', () => {
    const count = SUMMARY_FINGERPRINTS + 50;
    const summary = summaryOf(
      (function* () {
        for (let i = 0; i < count; i++) yield withJa3(i.toString(16).padStart(32, '0'));
      })(),
    );
    const groups = summary.groups();
    expect(groups).toHaveLength(SUMMARY_FINGERPRINTS + 1);
    expect(groups.at(-1)).toMatchObject({ ja3: null, count: 50 });
    expect(groups.reduce((sum, group) => sum + group.count, 0)).toBe(count);

    const names = summaryOf(
      Array.from({ length: SUMMARY_VALUES + 9 }, (_, i) =>
        observationWith({ hello: helloWith({ serverName: `host${i}` }) }),
      ),
    );
    const { sni } = names.groups()[0]!;
    expect(sni.values).toHaveLength(SUMMARY_VALUES);
    expect(sni.more).toBe(9);
  });

  it('is not fooled by names that mean something to JavaScript', () => {
    const names = ['__proto__', 'constructor', '__proto__'];
    const groups = summaryOf(names.map((serverName) => observationWith({ hello: helloWith({ serverName }) }))).groups();
    expect(groups[0]!.sni.values).toEqual([
      ['__proto__', 2],
      ['constructor', 1],
    ]);
  });
});

describe('summaryFormats', () => {
  const print = (format: string, observations: Observation[]) =>
    summaryFormats.get(format)!(summaryOf(observations).groups(), {});

  it('prints ndjson and json', async () => {
    const rows = (await print('ndjson', logins))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(2);
    expect(rows[1]).toEqual({
      ja3_hash: 'a'.repeat(32),
      ja3: `of ${'a'.repeat(32)}`,
      count: 1,
      first: '1970-01-01T00:00:20Z',
      last: '1970-01-01T00:00:20Z',
      labels: [{ client: 'Mutt', version: '2.2.9', tls_library: 'GnuTLS', source: 'dovecot-docs', via: 'ssl_ja3' }],
      ports: [{ port: 143, count: 1 }],
      ports_more: 0,
      starttls: [{ starttls: 'imap', count: 1 }],
      sni: [{ sni: 'mail.example.org', count: 1 }],
      sni_more: 0,
    });
    expect(JSON.parse(await print('json', logins))).toEqual(rows);
    expect(JSON.parse(await print('json', []))).toEqual([]);
  });

  it('prints a table and csv', async () => {
    const [head, first] = (await print('table', logins)).split('\n');
    expect(head!.split(/ {2,}/)).toEqual(['COUNT', 'PROGRAM', 'JA3', 'PORTS', 'STARTTLS', 'SNI', 'LAST (UTC)']);
    expect(first!.split(/ {2,}/)).toEqual([
      '3',
      'Mutt 2.2.9 · GnuTLS [ssl_ja3]',
      'b'.repeat(32),
      '993 (2), 995 (1)',
      '-',
      'mail.example.org (2), - (1)',
      '1970-01-01 00:00:30',
    ]);
    expect((await print('csv', [observationWith()])).split('\n')).toEqual([
      'count,labels,ja3_hash,ja3,ports,starttls,sni,first,last',
      `1,Mutt 2.2.9 (GnuTLS) [ssl_ja3],${mutt.ja3Hash},"${mutt.ja3}",993,(none),mail.example.org,2026-11-22T04:28:45.123456Z,2026-11-22T04:28:45.123456Z`,
      '',
    ]);
    expect(await print('table', [])).toBe('');
  });

  it('escapes names from the wire', async () => {
    const hostile = [observationWith({ hello: helloWith({ serverName: '\x1b[2J=x' }) })];
    for (const format of summaryFormats.keys()) {
      expect((await print(format, hostile)).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    }
  });
});
