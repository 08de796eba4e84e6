import {
  alpnExtension,
  ascii,
  clientHello,
  concat,
  record,
  serverNameExtension,
  u16,
  versionsExtension,
} from './hello.js';

/** Classic pcap files with whole TLS hellos in them, one TCP connection each: for tests of what becomes of a row. */

const PCAP_HEADER = Buffer.alloc(24);
PCAP_HEADER.writeUInt32LE(0xa1b2c3d4, 0);
PCAP_HEADER.writeUInt16LE(2, 4);
PCAP_HEADER.writeUInt16LE(4, 6);
PCAP_HEADER.writeUInt32LE(262_144, 16);
PCAP_HEADER.writeUInt32LE(1, 20); // Ethernet

const START = 1_795_321_725; // 2026-11-22T04:28:45Z

function packet(seconds: number, microseconds: number, frame: Uint8Array): Uint8Array {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(seconds, 0);
  header.writeUInt32LE(microseconds, 4);
  header.writeUInt32LE(frame.length, 8);
  header.writeUInt32LE(frame.length, 12);
  return concat(header, frame);
}

/** An Ethernet frame with an IPv4 packet from 192.0.2.7 to 198.51.100.1:993. Checksums are zero: captures of offloaded traffic look so too. */
function tcpFrame(port: number, sequence: number, flags: number, payload: Uint8Array): Uint8Array {
  const tcp = concat(u16(port, 993, 0, sequence, 0, 0), [0x50, flags], u16(65_535, 0, 0), payload);
  const ip = concat(
    [0x45, 0],
    u16(20 + tcp.length, 0, 0x4000),
    [64, 6],
    u16(0),
    [192, 0, 2, 7],
    [198, 51, 100, 1],
    tcp,
  );
  return concat([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2], u16(0x0800), ip);
}

export interface Login {
  readonly sni: string;
  readonly alpn?: readonly string[];
}

const SYN = 2;
const PUSH_ACK = 0x18;

/** The two packets of the `index`th login: SYN, then the whole hello. */
export function loginPackets({ sni, alpn }: Login, index: number): Uint8Array {
  const hello = clientHello({
    ciphers: [0x1301, 0xc02f],
    extensions: [
      serverNameExtension(sni),
      ...(alpn === undefined ? [] : [alpnExtension(...alpn.map(ascii))]),
      versionsExtension(0x0304, 0x0303),
    ],
  });
  const port = 1024 + (index % 60_000);
  const seconds = START + Math.floor(index / 1000);
  return concat(
    packet(seconds, (index % 1000) * 1000, tcpFrame(port, 0, SYN, new Uint8Array())),
    packet(seconds, (index % 1000) * 1000 + 500, tcpFrame(port, 1, PUSH_ACK, record(hello))),
  );
}

export function loginCapture(logins: readonly Login[]): Uint8Array {
  return Buffer.concat([PCAP_HEADER, ...logins.map(loginPackets)]);
}
