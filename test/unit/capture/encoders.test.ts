import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  byteOrders,
  enhancedPacket,
  interfaceBlock,
  littleEndian,
  obsoletePacket,
  pcap,
  sectionHeader,
  simplePacket,
} from '../../build/capture-files.js';
import { Connection, cut } from '../../build/connection.js';
import { clientHello, record, serverNameExtension } from '../../build/hello.js';
import { frame, join } from '../../build/packets.js';
import { TSHARK_ABSENT, tsharkFields, tsharkIsThere } from '../../harness/tshark.js';
import { type Encapsulation, ipForms, links, tunnels } from './encapsulations.js';

/** The encoders in test/build are ours, as are the decoders they test: here somebody else reads what they write. */

const hello = record(clientHello({ ciphers: [0x1301, 0xc02f], extensions: [serverNameExtension('mail.example.org')] }));
const ja3 = createHash('md5').update('771,4865-49199,0,,').digest('hex');
const families = {
  4: { src: '192.0.2.7', dst: '198.51.100.1' },
  6: { src: '2001:db8::7', dst: '2001:db8:1::1' },
} as const;

const cases = [
  ...[...links, ...tunnels].flatMap((way) =>
    ([4, 6] as const)
      .filter((family) => way.linkType !== (family === 4 ? 229 : 228))
      .map((family) => ({ way, family, name: `${way.name}, IPv${family} inside` })),
  ),
  ...ipForms.map((way) => ({ way: way as Encapsulation, family: way.family, name: way.name })),
].map((each, i) => ({ ...each, port: 40_001 + i }));

it.skipIf(!tsharkIsThere)(`tshark sees the hello and the ends that each encapsulation hides (${TSHARK_ABSENT})`, () => {
  const linkTypes = [...new Set(cases.map(({ way }) => way.linkType))];
  const blocks = cases.flatMap(({ way, family, port }) => {
    const connection = new Connection({ ...families[family], sport: port });
    const [first, second] = cut(hello, 40);
    return [...connection.open(), connection.client(first!), connection.client(second!)]
      .flatMap((packet) => way.wrap(packet))
      .map((bytes) => enhancedPacket(littleEndian, { bytes, interface: linkTypes.indexOf(way.linkType) }));
  });
  const file = join(
    sectionHeader(littleEndian),
    ...linkTypes.map((linkType) => interfaceBlock(littleEndian, { linkType })),
    ...blocks,
  );
  const fields = ['tcp.srcport', 'tcp.dstport', 'ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst', 'tls.handshake.ja3'];
  const seen = new Map(tsharkFields(file, 'tls.handshake.type == 1', fields).map((row) => [Number(row[0]), row]));
  const followed = cases.filter(({ way }) => way.notInTshark === undefined);
  const found = followed.map(({ family, name, port }) => {
    const row = seen.get(port) ?? [];
    return [name, row[6], row[1], ...(family === 4 ? row.slice(2, 4) : row.slice(4, 6))];
  });
  expect(found).toEqual(
    followed.map(({ family, name }) => [name, ja3, '993', families[family].src, families[family].dst]),
  );
});

it.skipIf(!tsharkIsThere)(`tshark finds every checksum right (${TSHARK_ABSENT})`, () => {
  const options = { src: '192.0.2.7', dst: '198.51.100.1' };
  const packets = ([4, 6] as const).flatMap((family) => {
    const connection = new Connection({ ...options, ...families[family] });
    return [...connection.open(), connection.client(hello), connection.server([1, 2, 3])];
  });
  const tunnelled = packets.flatMap((packet) => tunnels.flatMap((way) => way.wrap(packet)));
  const file = pcap([...packets.map(frame), ...tunnelled].map((bytes) => ({ bytes })));
  const bad = 'ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0';
  expect(tsharkFields(file, bad, ['frame.number'])).toEqual([]);
  expect(tsharkFields(file, 'tcp', ['frame.number']).length).toBeGreaterThan(packets.length);
});

it.skipIf(!tsharkIsThere)(`tshark reads the same times from every kind of file (${TSHARK_ABSENT})`, () => {
  const bytes = frame(new Connection().client(hello));
  const times = (file: Uint8Array) => tsharkFields(file, 'frame', ['frame.time_epoch', 'frame.len']).flat();
  for (const order of byteOrders) {
    const packet = { bytes, seconds: 1_700_000_000, originalLength: 1500 };
    for (const variant of ['microseconds', 'modified'] as const) {
      const file = pcap([{ ...packet, fraction: 123_456 }], { order, variant });
      expect(times(file), `${variant} ${order.name}`).toEqual(['1700000000.123456000', '1500']);
    }
    const nano = pcap([{ ...packet, fraction: 123_456_789 }], { order, variant: 'nanoseconds' });
    expect(times(nano), order.name).toEqual(['1700000000.123456789', '1500']);

    const section = join(
      sectionHeader(order),
      interfaceBlock(order, { name: [101, 116, 104, 48], snapLength: bytes.length }),
      interfaceBlock(order, { resolution: 9, offset: 1_700_000_000n }),
      interfaceBlock(order, { resolution: 0x80 | 10 }),
      enhancedPacket(order, { bytes, ticks: 1_700_000_000_123_456n }),
      enhancedPacket(order, { bytes, interface: 1, ticks: 123_456_789n }),
      enhancedPacket(order, { bytes, interface: 2, ticks: 1_700_000_000n * 1024n + 512n }),
      obsoletePacket(order, { bytes, ticks: 1_700_000_000_000_001n, originalLength: 1500 }),
      simplePacket(order, bytes, 1500),
    );
    const rows = tsharkFields(join(section, section), 'frame', ['frame.time_epoch', 'frame.len']);
    const once = [
      ['1700000000.123456000', String(bytes.length)],
      ['1700000000.123456789', String(bytes.length)],
      ['1700000000.500000000', String(bytes.length)],
      ['1700000000.000001000', '1500'],
    ];
    expect(
      rows.filter(([time]) => time !== '' && Number(time) > 0),
      order.name,
    ).toEqual([...once, ...once]);
    expect(rows, order.name).toHaveLength(10);
  }
});
