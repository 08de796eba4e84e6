import { describe, expect, it } from 'vitest';
import { pcap } from '../../build/capture-files.js';
import { Connection } from '../../build/connection.js';
import { ascii, clientHello, extension, record } from '../../build/hello.js';
import { frame } from '../../build/packets.js';
import { observe } from '../../harness/observe.js';

/** IP packets as a capture in which time stands still. */
const capture = (packets: readonly Uint8Array[]) => pcap(packets.map((packet) => ({ bytes: frame(packet) })));

const connections = (count: number) => Array.from({ length: count }, (_, i) => new Connection({ sport: 10_000 + i }));

describe('what is kept is counted', () => {
  it('both directions of a connection that no dialect knows', async () => {
    const half = record(clientHello({ extensions: [extension(21, new Uint8Array(15_900))] })).subarray(0, 12_000);
    const packets = connections(2).flatMap((c) => [
      ...c.open(),
      c.client([0xff, 0xfe, 0xfd, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
      c.client(half),
      c.server([0xff, 0xfe, 0xfd, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
      c.server(half.subarray(0, 12)),
    ]);
    const { stats } = await observe(capture(packets), { limits: { heldInAll: 20_000 } });
    expect(stats.limits.held_in_all).toBe(1);
  });

  it('a hello that has hardly begun, with the memory it takes', async () => {
    const begun = record(clientHello()).subarray(0, 11);
    const packets = connections(100).flatMap((c) => [c.syn(), c.client(begun)]);
    const { stats } = await observe(capture(packets), { limits: { heldInAll: 65_536 } });
    expect(stats.limits.held_in_all).toBeGreaterThan(50);
  });

  it('small hellos that are remembered, with what they keep from being freed', async () => {
    const bytes = frame(new Connection().client(record(clientHello())));
    // Another client address for each: behind Ethernet's 14 bytes and IPv4's first 12.
    const packets = Array.from({ length: 17_000 }, (_, i) => {
      const packet = bytes.slice();
      packet.set([10, 0, i >> 8, i & 255], 26);
      return { bytes: packet };
    });
    const { observations, stats } = await observe(pcap(packets));
    expect(observations).toHaveLength(17_000);
    // Each may be alone in a pool of 8 KiB: 16 Ki of them are 128 MiB.
    expect(stats.limits.remembered_hellos).toBe(17_000 - 16_384);
  });

  it('rows that wait for answers that never come', async () => {
    const large = record(clientHello({ extensions: [extension(21, new Uint8Array(16_000))] }));
    const packets = connections(1_100).map((c) => c.client(large));
    const { observations, stats } = await observe(capture(packets), { server: true });
    expect(observations).toHaveLength(1_100);
    expect(new Set(observations.map((seen) => seen.frame)).size).toBe(1_100);
    expect(stats.limits.waiting_rows).toBeGreaterThan(50);
    expect(stats.limits.waiting_rows).toBeLessThan(200);
  });
});

it('half a hello at the end of a dialogue is not completed with its own bytes', async () => {
  const hello = record(clientHello({ extensions: [extension(21, new Uint8Array(1_500))] }));
  const c = new Connection();
  const packets = [
    c.client(ascii('EHLO client.example.org\r\n')),
    c.client(ascii('STARTTLS\r\n')),
    c.client(hello.subarray(0, 1_000)),
  ];
  const { observations } = await observe(capture(packets));
  expect(observations).toEqual([]);
  const whole = await observe(capture([...packets, c.client(hello.subarray(1_000))]));
  expect(whole.observations.map((seen) => seen.frame)).toEqual([4]);
});

it('a connection that was made to drop half a hello has said all it can', async () => {
  const large = record(clientHello({ extensions: [extension(21, new Uint8Array(12_000))] }));
  const [a, b] = connections(2) as [Connection, Connection];
  const packets = [
    ...a.open(),
    ...b.open(),
    a.client(large.subarray(0, 1_000)),
    b.client(large.subarray(0, 1_000)),
    // Inside of the first one's hello lies what would be a hello of its own.
    a.client(record(clientHello())),
  ];
  const { observations, stats } = await observe(capture(packets), { limits: { heldInAll: 20_000 } });
  expect(stats.limits.held_in_all).toBe(1);
  expect(observations).toEqual([]);
});

it('what stands between two hellos counts the same in one segment and byte by byte', async () => {
  const hello = record(clientHello());
  const second = record(clientHello({ extensions: [extension(21, new Uint8Array(100))] }));
  const hellosSeen = async (between: readonly number[], cut: boolean): Promise<number> => {
    const c = new Connection();
    const rest = Uint8Array.from([...between, ...second]);
    const packets = cut ? Array.from(rest, (byte) => [byte]) : [rest];
    const { observations } = await observe(
      capture([...c.open(), c.client(hello), ...packets.map((bytes) => c.client(bytes))]),
    );
    return observations.length;
  };
  const changeCipherSpec = [20, 3, 3, 0, 1, 1];
  // No TLS has a record of version 9 (RFC 8446 section 5.1), so nothing behind it is one either.
  const noRecord = [20, 9, 3, 0, 1, 1];
  expect([await hellosSeen(changeCipherSpec, false), await hellosSeen(changeCipherSpec, true)]).toEqual([2, 2]);
  expect([await hellosSeen(noRecord, false), await hellosSeen(noRecord, true)]).toEqual([1, 1]);
});
