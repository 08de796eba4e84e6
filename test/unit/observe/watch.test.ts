import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/model/index.js';
import { pcap } from '../../build/capture-files.js';
import { Connection, cut } from '../../build/connection.js';
import {
  APPLICATION_DATA,
  ascii,
  clientHello,
  extension,
  record,
  records,
  serverHello,
  serverNameExtension,
  versionsExtension,
} from '../../build/hello.js';
import { FIN, frame, join, RST } from '../../build/packets.js';
import { observe } from '../../harness/observe.js';

const helloFor = (name: string, ...ciphers: number[]) =>
  clientHello({ ciphers: ciphers.length > 0 ? ciphers : [0x1301], extensions: [serverNameExtension(name)] });
const hello = record(helloFor('mail.example.org'));
const appData = record(new Uint8Array(40).fill(7), APPLICATION_DATA);

/** IP packets as a capture, one a second from 1,700,000,000 on. */
const capture = (...packets: Uint8Array[]) =>
  pcap(packets.map((packet, i) => ({ bytes: frame(packet), seconds: 1_700_000_000 + i })));

const summary = (seen: Observation) =>
  `#${seen.frame} ${seen.timestamp.seconds - 1_700_000_000}s ${seen.src.port}>${seen.dst.port} ${seen.hello.serverName} ${seen.starttls ?? '-'}${seen.retry ? ' retry' : ''}`;

async function seenIn(...packets: Uint8Array[]) {
  const { observations, stats, error } = await observe(capture(...packets));
  expect(error).toBeNull();
  return { rows: observations.map(summary), stats };
}

describe('TLS from the first byte', () => {
  it('whole, split over segments, split over records', async () => {
    const parts = [hello, ...[1, 4, 5, 6, 9, 43].map((at) => records(helloFor('mail.example.org'), [at]))];
    for (const bytes of parts) {
      for (const places of [[], [1], [3], [5], [6], [9], [40], [1, 2, 3, 4, 5, 6]]) {
        const c = new Connection();
        const packets = [...c.open(), ...cut(bytes, ...places).map((part) => c.client(part))];
        const { rows } = await seenIn(...packets, c.server(record(serverHello())));
        expect(rows).toEqual([`#${packets.length} ${packets.length - 1}s 40001>993 mail.example.org -`]);
      }
    }
  });

  it('with data on the SYN, and with FIN', async () => {
    const c = new Connection();
    const [first, second] = cut(hello, 30);
    const { rows } = await seenIn(c.syn({ payload: first! }), c.synAck(), c.clientAt(30, second!, { flags: FIN | 16 }));
    expect(rows).toEqual(['#3 2s 40001>993 mail.example.org -']);
  });

  it('where the capture begins inside the connection, in any order of the first segments', async () => {
    const c = new Connection();
    const [one, two, three] = cut(hello, 30, 60);
    const segments = [c.clientAt(0, one!), c.clientAt(30, two!), c.clientAt(60, three!)];
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      const { rows } = await seenIn(...order.map((i) => segments[i]!));
      expect(rows, order.join()).toEqual(['#3 2s 40001>993 mail.example.org -']);
    }
  });

  it('of two hellos in one connection, a repeat is counted and a retry is flagged', async () => {
    const c = new Connection();
    const retry = helloFor('mail.example.org', 0x1302);
    const { rows, stats } = await seenIn(...c.open(), c.client(hello), c.client(hello), c.client(record(retry)));
    expect(rows).toEqual(['#4 3s 40001>993 mail.example.org -', '#6 5s 40001>993 mail.example.org - retry']);
    expect(stats).toMatchObject({ hellos: 2, repeats: 1, tls_connections: 1 });
  });

  it('after ports are used again', async () => {
    const c = new Connection();
    const again = new Connection({ clientStart: 44_000_000, serverStart: 3 });
    const second = record(helloFor('again.example.org'));
    for (const end of [[], [c.clientAt(hello.length, [], { flags: RST })], [c.clientAt(hello.length, appData)]]) {
      const packets = [...c.open(), c.clientAt(0, hello), ...end, ...again.open(), again.clientAt(0, second)];
      const { rows, stats } = await seenIn(...packets);
      expect(rows).toHaveLength(2);
      expect(rows[1]).toBe(`#${packets.length} ${packets.length - 1}s 40001>993 again.example.org -`);
      expect(stats.connections).toBe(2);
    }
  });

  it('keep-alive bytes before, in and after the hello do not matter', async () => {
    const c = new Connection();
    const [first, second] = cut(hello, 30);
    const { rows } = await seenIn(
      ...c.open(),
      c.clientAt(-1, [0]),
      c.clientAt(0, first!),
      c.clientAt(29, [0]),
      c.clientAt(30, second!),
      c.clientAt(hello.length - 1, [0]),
    );
    expect(rows).toEqual(['#7 6s 40001>993 mail.example.org -']);
  });
});

describe('what was not captured', () => {
  it('a segment of the hello: no hello, and the reason is counted', async () => {
    const c = new Connection();
    const [first, , third] = cut(hello, 30, 60);
    const { rows, stats } = await seenIn(...c.open(), c.clientAt(0, first!), c.clientAt(60, third!));
    expect(rows).toEqual([]);
    expect(stats.rejected).toEqual({ hello_incomplete: 1 });
  });

  it('bytes before a whole hello at the start of a segment: it counts, in the packet that completed it', async () => {
    const c = new Connection();
    const [first, second] = cut(hello, 50);
    const { rows } = await seenIn(
      ...c.open(),
      c.clientAt(100, first!),
      c.clientAt(150, second!),
      c.clientAt(100 + hello.length, appData),
    );
    expect(rows).toEqual(['#5 4s 40001>993 mail.example.org -']);
  });

  it('the rest of a packet, cut by the snap length: none, and it is said', async () => {
    const c = new Connection();
    const packets = [...c.open(), c.client(hello)].map(frame);
    const file = pcap(
      packets.map((bytes, i) => ({
        bytes: i === 3 ? bytes.subarray(0, bytes.length - 1) : bytes,
        originalLength: bytes.length,
      })),
    );
    const { observations, stats } = await observe(file);
    expect(observations).toEqual([]);
    expect(stats).toMatchObject({ cut_by_snaplen: 1, rejected: { hello_incomplete: 1 }, tls_connections: 1 });
  });

  it('the server side of a STARTTLS dialogue: the hello is found, in its packet', async () => {
    const c = new Connection({ dport: 143 });
    const { rows } = await seenIn(c.syn(), c.client(ascii('a1 STARTTLS\r\n')), c.client(hello), c.client(appData));
    expect(rows).toEqual([expect.stringMatching(/^#3 2s 40001>143 mail\.example\.org/)]);
  });

  it('the reply that let TLS begin: the hello that waited for it belongs to its own packet', async () => {
    const c = new Connection({ dport: 143 });
    const { rows } = await seenIn(
      ...c.open(),
      c.server(ascii('* OK ready\r\n')),
      c.client(ascii('a1 STARTTLS\r\n')),
      c.client(hello),
      // Another connection, minutes later.
      ...new Connection({ sport: 2 }).open(),
    );
    expect(rows).toEqual(['#6 5s 40001>143 mail.example.org imap']);
  });
});

describe('where no dialect knows the connection', () => {
  it('a hello at the start of a segment counts', async () => {
    const c = new Connection({ dport: 4_000 });
    const { rows } = await seenIn(
      ...c.open(),
      c.client(ascii('~what is this~')),
      c.server(ascii('~that~')),
      c.client(hello),
    );
    expect(rows).toEqual(['#6 5s 40001>4000 mail.example.org -']);
  });

  it('also where the segment before could still have become a dialect', async () => {
    // Zeros may begin PostgreSQL's length, a letter a command, and nearly every byte MySQL's length on the server's side.
    const preludes = [[0], [0, 0], [0, 0, 0], [5], [4], ...['S', 'A', 'GE', 'CON', '+', '2', '<', 'L'].map(ascii)];
    for (const client of preludes) {
      for (const server of [[0x80], [0x4a, 0], ...preludes]) {
        const c = new Connection({ dport: 4_000 });
        const both = [c.client(client), c.server(server)];
        for (const packets of [both, both.toReversed()]) {
          const { rows } = await seenIn(...c.open(), ...packets, c.clientAt(client.length, hello));
          expect(rows, `${Buffer.from(client).toString('hex')} ${Buffer.from(server).toString('hex')}`).toEqual([
            '#6 5s 40001>4000 mail.example.org -',
          ]);
        }
      }
    }
  });

  it('not in the middle of a segment, and not past the first 64 KiB', async () => {
    const c = new Connection({ dport: 4_000 });
    const { rows } = await seenIn(...c.open(), c.client(ascii('~what~')), c.client(join([1], hello)));
    expect(rows).toEqual([]);
    const far = new Connection({ dport: 4_000 });
    const filler = Array.from({ length: 66 }, () => far.client(new Uint8Array(1_000).fill(0x7e)));
    expect((await seenIn(...far.open(), ...filler, far.client(hello))).rows).toEqual([]);
  });
});

describe('with the ServerHello asked for', () => {
  const answer = record(serverHello({ extensions: [versionsExtension(0x0304)] }));
  const servers = async (...packets: Uint8Array[]) => {
    const { observations } = await observe(capture(...packets), { server: true });
    return observations.map((seen) => [summary(seen), seen.server?.ja3s.string ?? null]);
  };

  it('a row carries its answer, whichever side was captured first', async () => {
    const c = new Connection();
    const row = (n: number) => [`#${n} ${n - 1}s 40001>993 mail.example.org -`, '771,4865,43'];
    expect(await servers(...c.open(), c.clientAt(0, hello), c.serverAt(0, answer))).toEqual([row(4)]);
    expect(await servers(...c.open(), c.serverAt(0, answer), c.clientAt(0, hello))).toEqual([row(5)]);
  });

  it('an answer of several segments, captured before its question, is kept', async () => {
    const long = record(
      serverHello({ extensions: [versionsExtension(0x0304), extension(0xfe00, new Uint8Array(900))] }),
    );
    const c = new Connection();
    const [one, two, three] = cut(hello, 1, 40);
    const { rows } = await seenIn(
      ...c.open(),
      c.clientAt(0, one!),
      c.clientAt(40, three!),
      c.server(long),
      c.clientAt(1, two!),
    );
    expect(rows).toEqual(['#7 6s 40001>993 mail.example.org -']);
    const d = new Connection({ sport: 2 });
    const pieces = cut(long, 1, 6, 300, 700).map((piece) => d.server(piece));
    expect(await servers(...d.open(), ...pieces, d.client(hello))).toEqual([
      ['#9 8s 2>993 mail.example.org -', '771,4865,43-65024'],
    ]);
  });

  it('a row is not held back for more than a second of capture time, nor by the end of connection or capture', async () => {
    const c = new Connection();
    const other = new Connection({ sport: 2 });
    const late = [...other.open(), other.client(hello), c.serverAt(0, answer)];
    const rows = await servers(...c.open(), c.clientAt(0, hello), ...late);
    expect(rows).toEqual([
      ['#4 3s 40001>993 mail.example.org -', null],
      ['#8 7s 2>993 mail.example.org -', null],
    ]);
    expect(await servers(...c.open(), c.clientAt(0, hello))).toEqual([['#4 3s 40001>993 mail.example.org -', null]]);
  });
});
