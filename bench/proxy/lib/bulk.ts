import { once } from 'node:events';
import { connect } from 'node:net';
import { median } from '../../lib/measure.js';
import { table } from '../../lib/section.js';
import { helloBytes } from './hello.js';
import { haproxyIsThere, type Processes, type Running } from './processes.js';

interface Sample {
  /** Bytes a second. */
  readonly rate: number;
  /** Microseconds of processor time of whoever relays. */
  readonly cpu: number;
}

async function fetch(way: Running, hello: Buffer, bytes: number): Promise<Sample> {
  const before = await way.ask('cpu');
  const begun = performance.now();
  let received = 0;
  // One buffer for all of it: the reader should cost as little as can be.
  const onread = {
    buffer: Buffer.alloc(256 * 1024),
    callback: (count: number) => {
      received += count;
      return true;
    },
  };
  const socket = connect({ port: way.port, host: '127.0.0.1', onread });
  socket.write(hello);
  await once(socket, 'end');
  const seconds = (performance.now() - begun) / 1000;
  socket.destroy();
  if (received !== bytes) throw new Error(`${received} of ${bytes} bytes came`);
  return { rate: received / seconds, cpu: (await way.ask('cpu')) - before };
}

/** How fast one connection's bytes are relayed from the backend to the client. */
export async function measureBulk(processes: Processes, rounds: number, bytes: number): Promise<string> {
  const backend = await processes.backend('bulk', String(bytes));
  const hello = await helloBytes();
  const ways = new Map<string, Running>([
    ...(haproxyIsThere ? ([['HAProxy, TCP mode', await processes.haproxy(backend.port)]] as const) : []),
    ['a bare pipe of Node', await processes.proxy('pipe', backend.port)],
    ['ja3-sensor, passed through', await processes.proxy('ja3-sensor', backend.port)],
  ]);
  const names = [...ways.keys()];
  const samples = new Map(names.map((name) => [name, [] as Sample[]]));
  for (let round = -1; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = await fetch(ways.get(name)!, hello, bytes);
      // The first round is for V8.
      if (round >= 0) samples.get(name)!.push(sample);
    }
  }
  const first = samples.get(names[0]!)!;
  const rows = names.map((name) => {
    const own = samples.get(name)!;
    const ratio = median(own.map(({ rate }, i) => rate / first[i]!.rate));
    return [
      name,
      (median(own.map(({ rate }) => rate)) / 1e9).toFixed(2),
      ratio.toFixed(2),
      ((median(own.map(({ cpu }) => cpu)) / 1000 / bytes) * 1e9).toFixed(0),
    ];
  });
  const title = `${rounds} rounds of ${(bytes / 1e6).toFixed(0)} MB from the backend to the client over one connection`;
  return `${title}\n\n${table(['relay', 'GB/s', `of ${names[0]}`, 'processor milliseconds per GB'], rows)}`;
}
