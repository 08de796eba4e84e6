import { describe, expect, it } from 'vitest';
import type { Fingerprint, Observation } from '../../../src/model/index.js';
import { fieldsByName, formats, type ReportOptions } from '../../../src/report/index.js';
import { helloWith, labelOfMutt, mutt, observationWith } from '../../harness/observation.js';
import { asText } from '../../harness/printed.js';

async function print(name: string, observations: Observation[], options: Partial<ReportOptions> = {}): Promise<string> {
  const create = await formats.get(name)!.load();
  const writer = create({ labelsOf: () => [labelOfMutt], server: false, ...options });
  // In two batches, as a capture comes.
  let text = writer.begin();
  for (const batch of [observations.slice(0, 1), observations.slice(1)])
    writer.rows(batch, (row) => (text += asText(row)));
  return text + writer.end();
}

describe('ndjson', () => {
  it('has the keys of the row, in order', async () => {
    const line = await print('ndjson', [observationWith()]);
    expect(line.endsWith('}\n')).toBe(true);
    expect(JSON.parse(line)).toEqual({
      file: 'login.pcap',
      frame: 4,
      timestamp: '2026-11-22T04:28:45.123456Z',
      transport: 'tcp',
      src_ip: '192.0.2.7',
      src_port: 41234,
      dst_ip: '198.51.100.1',
      dst_port: 993,
      proxied_src: null,
      starttls: null,
      sni: 'mail.example.org',
      alpn: null,
      tls_version: '1.3',
      ja3: mutt.ja3,
      ja3_hash: mutt.ja3Hash,
      ja3n: 'n',
      ja3n_hash: '00000000000000000000000000000001',
      ssl_ja3: mutt.sslJa3,
      ssl_ja3_hash: mutt.sslJa3Hash,
      ja4: 't13d2913ap_000000000001_000000000002',
      ja4_r: 't13d2913ap_r',
      retry: false,
      labels: [{ client: 'Mutt', version: '2.2.9', tls_library: 'GnuTLS', source: 'dovecot-docs', via: 'ssl_ja3' }],
    });
    expect(Object.keys(JSON.parse(line))).toEqual(
      'file frame timestamp transport src_ip src_port dst_ip dst_port proxied_src starttls sni alpn tls_version ja3 ja3_hash ja3n ja3n_hash ssl_ja3 ssl_ja3_hash ja4 ja4_r retry labels'.split(
        ' ',
      ),
    );
  });

  it('adds ja3s where the ServerHello was asked for', async () => {
    const ja3s = { string: '771,4865,43-51', hash: 'f4febc55ea12b31ae17cfb7e614afda8' };
    const row = async (observation: Observation) => JSON.parse(await print('ndjson', [observation], { server: true }));
    expect(await row(observationWith({ server: { ja3s, helloRetryRequest: false } }))).toMatchObject({
      ja3s: ja3s.string,
      ja3s_hash: ja3s.hash,
    });
    expect(await row(observationWith())).toMatchObject({ ja3s: null, ja3s_hash: null });
  });

  it('carries everything from the wire through JSON unharmed, on one line', async () => {
    const sni = 'a"\\\n\x1b[2J\x9b\xad';
    const alpn = ['h2', '\r\n{"ja3_hash":"x"}', ''];
    const line = await print('ndjson', [
      observationWith({ file: 'a "b"\u202e.pcap', hello: helloWith({ serverName: sni, alpn }) }),
    ]);
    expect(line.split('\n')).toHaveLength(2);
    expect(line).toMatch(/^[\x20-\x7e]*\n$/);
    expect(JSON.parse(line)).toMatchObject({ file: 'a "b"\u202e.pcap', sni, alpn });
  });

  it('writes what is not there as null', async () => {
    const row = JSON.parse(
      await print('ndjson', [
        observationWith({
          timestamp: { seconds: 2 ** 60, nanoseconds: 0, digits: 0 },
          proxiedSrc: { ip: '2001:db8::7', port: 50000 },
          starttls: 'imap',
          fingerprint: { ...observationWith().fingerprint, ja4: null },
        }),
      ]),
    );
    expect(row).toMatchObject({
      timestamp: null,
      proxied_src: '[2001:db8::7]:50000',
      starttls: 'imap',
      ja4: null,
      ja4_r: null,
    });
  });

  it('computes nothing that is not printed', async () => {
    const refuse = (name: string) => (): never => {
      throw new Error(`${name} was computed`);
    };
    const fingerprint: Fingerprint = {
      get ja3() {
        return { string: mutt.ja3, hash: mutt.ja3Hash };
      },
      get ja3n() {
        return refuse('ja3n')();
      },
      get sslJa3() {
        return refuse('sslJa3')();
      },
      get ja4() {
        return refuse('ja4')();
      },
    };
    const fields = ['ja3_hash', 'dst_port'].map((name) => fieldsByName.get(name)!);
    for (const format of ['ndjson', 'json', 'csv', 'table']) {
      const text = await print(format, [observationWith({ fingerprint })], { fields, labelsOf: refuse('labels') });
      expect(text).toContain(mutt.ja3Hash);
      expect(text).toContain('993');
      expect(text).not.toContain('198.51.100.1');
    }
    await expect(print('ndjson', [observationWith({ fingerprint })])).rejects.toThrow('was computed');
  });
});

describe('json', () => {
  it('is one array, whatever the number of rows', async () => {
    for (const count of [0, 1, 3]) {
      const rows = Array.from({ length: count }, (_, i) => observationWith({ frame: i + 1 }));
      expect(JSON.parse(await print('json', rows)).map((row: { frame: number }) => row.frame)).toEqual(
        rows.map((row) => row.frame),
      );
    }
  });
});

describe('csv', () => {
  it('has a header and quotes what csv must quote', async () => {
    const fields = ['sni', 'alpn', 'labels'].map((name) => fieldsByName.get(name)!);
    const hello = helloWith({ serverName: 'a,"b"', alpn: ['x', 'y'] });
    expect(await print('csv', [observationWith({ hello })], { fields })).toBe(
      'sni,alpn,labels\n"a,""b""",x; y,Mutt 2.2.9 (GnuTLS) [ssl_ja3]\n',
    );
  });

  it('lets no cell be taken for a formula (OWASP: CSV injection)', async () => {
    const fields = [fieldsByName.get('sni')!];
    for (const start of ['=', '+', '-', '@']) {
      const hello = helloWith({ serverName: `${start}HYPERLINK(1)` });
      expect(await print('csv', [observationWith({ hello })], { fields })).toBe(`sni\n'${start}HYPERLINK(1)\n`);
    }
    // Tab and carriage return, the other two openings, cannot be seen and are escaped.
    const hello = helloWith({ serverName: '\t=1' });
    expect(await print('csv', [observationWith({ hello })], { fields })).toBe('sni\n\\x09=1\n');
  });
});
