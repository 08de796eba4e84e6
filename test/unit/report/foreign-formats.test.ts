import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/model/index.js';
import { formats } from '../../../src/report/index.js';
import { helloWith, mutt, observationWith } from '../../harness/observation.js';
import { asText } from '../../harness/printed.js';

async function print(name: string, observations: Observation[]): Promise<string> {
  const create = await formats.get(name)!.load();
  const writer = create({ labelsOf: () => [], server: false });
  let text = writer.begin();
  for (const observation of observations) writer.rows([observation], (row) => (text += asText(row)));
  return text + writer.end();
}

const python = spawnSync('python3', ['--version']).status === 0;

describe('ja3', () => {
  // The second example of the reference's own README, to the byte.
  const readme = `[
    {
        "destination_ip": "192.168.1.3",
        "destination_port": 443,
        "ja3": "769,255-49162-49172-136-135-57-56-49167-49157-132-53-49159-49161-49169-49171-69-68-51-50-49164-49166-49154-49156-150-65-4-5-47-49160-49170-22-19-49165-49155-65279-10,0-10-11-35,23-24-25,0",
        "ja3_digest": "2aef69b4ba1938c3a400de4188743185",
        "source_ip": "192.168.1.4",
        "source_port": 2061,
        "timestamp": 1350802591.754299
    },
    {
        "destination_ip": "192.168.1.3",
        "destination_port": 443,
        "ja3": "769,255-49162-49172-136-135-57-56-49167-49157-132-53-49159-49161-49169-49171-69-68-51-50-49164-49166-49154-49156-150-65-4-5-47-49160-49170-22-19-49165-49155-65279-10,0-10-11-35,23-24-25,0",
        "ja3_digest": "2aef69b4ba1938c3a400de4188743185",
        "source_ip": "192.168.1.4",
        "source_port": 2068,
        "timestamp": 1350802597.517011
    }
]
`;
  const [{ ja3, ja3_digest }] = JSON.parse(readme);
  const example = (port: number, seconds: number, nanoseconds: number) =>
    observationWith({
      timestamp: { seconds, nanoseconds, digits: 6 },
      src: { ip: '192.168.1.4', port },
      dst: { ip: '192.168.1.3', port: 443 },
      fingerprint: { ...observationWith().fingerprint, ja3: { string: ja3, hash: ja3_digest } },
    });
  const rows = [example(2061, 1_350_802_591, 754_299_000), example(2068, 1_350_802_597, 517_011_000)];

  it("prints the example of ja3.py's README", async () => {
    expect(await print('ja3', rows)).toBe(readme);
  });

  it.skipIf(!python)("prints what Python's json.dumps(indent=4, sort_keys=True) does (needs python3)", async () => {
    const cases = [
      [],
      rows,
      [example(1, 1_350_802_591, 0)],
      [example(1, 0, 1_000_000), example(2, 4_294_967_295, 999_999_000)],
    ];
    for (const observations of cases) {
      const text = await print('ja3', observations);
      const run = spawnSync(
        'python3',
        ['-c', 'import json,sys; print(json.dumps(json.load(sys.stdin), indent=4, sort_keys=True))'],
        { input: text, encoding: 'utf8' },
      );
      expect(run.stderr).toBe('');
      expect(text).toBe(run.stdout);
    }
  });
});

describe('eve', () => {
  const event = async (changes: Partial<Observation> = {}) =>
    JSON.parse(await print('eve', [observationWith(changes)]));

  it("has the keys and forms of Suricata's tls event", async () => {
    const { flow_id, ...rest } = await event({
      starttls: 'smtp',
      hello: helloWith({ serverName: 'mx', alpn: ['h2'], legacyVersion: 769 }),
    });
    expect(Number.isSafeInteger(flow_id)).toBe(true);
    expect(rest).toEqual({
      timestamp: '2026-11-22T04:28:45.123456+0000',
      pcap_cnt: 4,
      event_type: 'tls',
      src_ip: '192.0.2.7',
      src_port: 41234,
      dest_ip: '198.51.100.1',
      dest_port: 993,
      proto: 'TCP',
      pkt_src: 'wire/pcap',
      tls: {
        sni: 'mx',
        version: 'TLSv1',
        ja3: { hash: mutt.ja3Hash, string: mutt.ja3 },
        ja4: 't13d2913ap_000000000001_000000000002',
        client_alpns: ['h2'],
        from_proto: 'smtp',
      },
      pcap_filename: 'login.pcap',
    });
  });

  it('leaves out what is not known, as Suricata does', async () => {
    const { tls } = await event({ hello: helloWith(), fingerprint: { ...observationWith().fingerprint, ja4: null } });
    expect(Object.keys(tls)).toEqual(['version', 'ja3']);
  });

  it('has one flow_id for a connection and another for any other', async () => {
    const { flow_id } = await event();
    expect((await event({ frame: 99, retry: true })).flow_id).toBe(flow_id);
    const others = [
      { src: { ip: '192.0.2.8', port: 41234 } },
      { src: { ip: '192.0.2.7', port: 41235 } },
      { dst: { ip: '198.51.100.1', port: 995 } },
      { transport: 'quic' as const },
    ];
    const ids = await Promise.all(others.map(async (change) => (await event(change)).flow_id));
    expect(new Set([flow_id, ...ids]).size).toBe(others.length + 1);
  });
});
