import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { median } from '../../lib/measure.js';
import { table } from '../../lib/section.js';
import { helloBytes } from './hello.js';
import { haproxyIsThere, type Processes, type Running } from './processes.js';

/** Milliseconds. */
const PAUSE = 2;

/** Milliseconds from the beginning of a connection to the backend's first byte, of which all but the way is the hello's. */
async function firstByte(port: number, hello: Buffer): Promise<number> {
  const begun = performance.now();
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.write(hello);
  await once(socket, 'data');
  const took = performance.now() - begun;
  socket.destroy();
  return took;
}

/** What passing through adds to the backend's first byte. */
export async function measureLatency(processes: Processes, rounds: number, connections: number): Promise<string> {
  const backend = await processes.backend('first-byte');
  const hello = await helloBytes();
  const ways = new Map<string, Running>([
    ['direct', backend],
    ['a bare pipe of Node', await processes.proxy('pipe', backend.port)],
    ...(haproxyIsThere ? ([['HAProxy, TCP mode', await processes.haproxy(backend.port)]] as const) : []),
    ['ja3-sensor, passed through', await processes.proxy('ja3-sensor', backend.port)],
  ]);
  const samples = new Map([...ways.keys()].map((name) => [name, { all: [] as number[], medians: [] as number[] }]));
  const names = [...ways.keys()];
  for (let round = -1; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const took: number[] = [];
      for (let i = 0; i < connections; i++) {
        took.push(await firstByte(ways.get(name)!.port, hello));
        await after(PAUSE); // until nobody is busy with the last one any more: the next one's time is asked for
      }
      // The first round is for V8.
      if (round < 0) continue;
      samples.get(name)!.all.push(...took);
      samples.get(name)!.medians.push(median(took));
    }
  }
  const direct = samples.get('direct')!;
  const rows = names.map((name) => {
    const { all, medians } = samples.get(name)!;
    const added = median(medians.map((value, i) => value - direct.medians[i]!));
    const cells = [median(all), added, percentile(all, 0.99), percentile(all, 0.99) - percentile(direct.all, 0.99)];
    return [name, ...cells.map((value) => value.toFixed(3))];
  });
  const title = `${rounds} rounds of ${connections} connections each way, milliseconds to the backend's first byte`;
  return `${title}\n\n${table(['way', 'median', 'added', '99th percentile', 'added'], rows)}`;
}

function percentile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(part * (values.length - 1))]!;
}
