import { describe, expect, it } from 'vitest';
import type { LabelMatch, Observation } from '../../../src/model/index.js';
import { formats, type ReportOptions } from '../../../src/report/index.js';
import { labelsText } from '../../../src/report/text.js';
import { helloWith, labelOfMutt, mutt, observationWith } from '../../harness/observation.js';
import { asText } from '../../harness/printed.js';

async function lines(observations: Observation[], options: Partial<ReportOptions> = {}): Promise<string[]> {
  const create = await formats.get('table')!.load();
  const writer = create({ labelsOf: () => [labelOfMutt], server: false, ...options });
  let text = writer.begin();
  for (const observation of observations) writer.rows([observation], (row) => (text += asText(row)));
  text += writer.end();
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1);
}

const label = (client: string, tlsLibrary = 'GnuTLS 3.7.9', via: 'ja3' | 'ssl_ja3' = 'ja3'): LabelMatch => ({
  client,
  version: '1.0',
  tlsLibrary,
  source: 'test',
  via,
});

describe('table', () => {
  it('tells when, from where, to which service, with which program', async () => {
    const [head, row] = await lines([observationWith({ dst: { ip: '2001:db8::1', port: 143 }, starttls: 'imap' })]);
    expect(head!.split(/ {2,}/)).toEqual(['TIME (UTC)', 'FROM', 'TO', 'PROGRAM', 'JA3', 'SSL_JA3', 'SNI']);
    expect(row!.split(/ {2,}/)).toEqual([
      '2026-11-22 04:28:45',
      '192.0.2.7',
      '[2001:db8::1]:143 imap',
      'Mutt 2.2.9 · GnuTLS [ssl_ja3]',
      mutt.ja3Hash,
      mutt.sslJa3Hash,
      'mail.example.org',
    ]);
  });

  it('shows the client a PROXY header announced', async () => {
    const [, row] = await lines([observationWith({ proxiedSrc: { ip: '203.0.113.9', port: 5 } })]);
    expect(row).toContain('203.0.113.9');
    expect(row).not.toContain('192.0.2.7');
  });

  it('prints nothing where there is nothing', async () => {
    expect(await lines([])).toEqual([]);
  });

  it.each([80, 100, 132, 200])('fits into %i columns', async (width) => {
    const sni = 'a-very-long-name-for-a-mail-server.with.many.labels.example.org';
    const labels = ['alpine', 'mbsync', 'imapfilter', 'sylpheed', 's-nail'].map((client) => label(client));
    const rows = await lines(
      [observationWith({ hello: helloWith({ serverName: sni }) }), observationWith({ starttls: 'pop3' })],
      { width, labelsOf: () => labels },
    );
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(width);
    expect(rows[1]).toContain('alpine');
  });

  it.each([71, 80])('cuts addresses too where %i columns are not enough for them, the port last', async (width) => {
    const dst = { ip: '2001:db8:1234:5678:9abc:def0:1234:5678', port: 4190 };
    const src = { ip: '2001:db8:8765:4321:fedc:ba98:8765:4321', port: 50_000 };
    const rows = await lines([observationWith({ src, dst, starttls: 'sieve' })], { width });
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(width);
    expect(rows[1]).toContain('2001:db8:8765:');
    expect(rows[1]).toContain('Mutt 2.2.9');
    expect(rows[1]).toContain(`${mutt.ja3Hash.slice(0, 8)}…`);
  });

  it('names fewer programs on a narrow terminal, and still tells how many and how they were found', async () => {
    const labels = ['mutt', 'neomutt', 'msmtp', 'mpop'].map((client) => label(client));
    const [, row] = await lines([observationWith()], { width: 100, labelsOf: () => labels });
    expect(row).toContain('mutt … +3 · GnuTLS [ja3]');
  });

  it('keeps columns under their heads from batch to batch', async () => {
    const rows = await lines([
      observationWith({ src: { ip: '192.0.2.7', port: 1 }, dst: { ip: '192.0.2.1', port: 25 } }),
      observationWith({ src: { ip: '192.168.100.200', port: 1 }, dst: { ip: '192.168.100.201', port: 587 } }),
    ]);
    const at = rows[0]!.indexOf('PROGRAM');
    expect(rows[1]!.indexOf('Mutt')).toBe(at);
    expect(rows[2]!.indexOf('Mutt')).toBe(at);
  });

  it('lets no server name reach the terminal as anything but text', async () => {
    const serverName = '\x1b]0;owned\x07\x9b2J\n\u202egro';
    const rows = await lines([observationWith({ hello: helloWith({ serverName }) })]);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toContain('\\x1b]0;owned\\x07\\x9b2J\\x0a\\u202egro');
    expect(rows.join('')).not.toMatch(/\p{C}/u);
  });

  it('sets words apart only where it is told how', async () => {
    const paint = { bold: (text: string) => `<b>${text}</b>`, dim: (text: string) => text };
    expect((await lines([observationWith()], { paint }))[1]).toContain('<b>Mutt');
    expect((await lines([observationWith()]))[1]).not.toContain('<b>');
  });
});

describe('labelsText', () => {
  it('names a few of many, their libraries, and the view they were found by', () => {
    const many = ['mutt', 'Mutt', 'neomutt', 'msmtp', 'mpop', 'gsasl'].map((client) => label(client));
    expect(labelsText(many)).toBe('mutt, neomutt, msmtp … +2 · GnuTLS [ja3]');
    expect(labelsText([label('a'), label('b', 'OpenSSL 3.0', 'ssl_ja3')])).toBe('b, a · GnuTLS/OpenSSL [ja3, ssl_ja3]');
    // Of many, the one that Dovecot's documentation names is not lost.
    expect(labelsText([...many, label('Mutt documented', 'GnuTLS', 'ssl_ja3')])).toBe(
      'Mutt documented, mutt, neomutt … +3 · GnuTLS [ja3, ssl_ja3]',
    );
    expect(labelsText([label('curl', '')])).toBe('curl 1.0 [ja3]');
    expect(labelsText([])).toBe('');
  });

  it('escapes labels too: they may be imported', () => {
    expect(labelsText([label('a\x1b[1m')])).toBe('a\\x1b[1m 1.0 · GnuTLS [ja3]');
  });
});
