import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Logins } from './logins.js';

export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second; null: each connection asks again as soon as it is answered. */
  readonly rate: number | null;
}

export interface Outcome {
  readonly requests: number;
  readonly questions: number;
  readonly seconds: number;
  /** Milliseconds from when a request was due to its answer's last byte, ascending. */
  readonly latencies: Float64Array;
}

/** Asks over keep-alive connections, one request at a time on each. @throws Error for an answer that is not 200 */
export async function ask(logins: Pick<Logins, 'next'>, { port, connections, seconds, rate }: Load): Promise<Outcome> {
  const latencies: number[] = [];
  let questions = 0;
  let sent = 0;
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(sockets.map((socket) => drive(socket)));
  return {
    requests: latencies.length,
    questions,
    seconds: (performance.now() - start) / 1000,
    latencies: Float64Array.from(latencies).sort(),
  };

  function drive(socket: Socket): Promise<void> {
    return new Promise((resolve, reject) => {
      let due = 0;
      let held = '';
      const next = () => {
        // A request that could not be sent when it was due has waited since then.
        due = rate === null ? performance.now() : start + (sent++ / rate) * 1000;
        if (due >= end) {
          socket.destroy();
          resolve();
          return;
        }
        const wait = due - performance.now();
        if (wait > 1) setTimeout(send, wait);
        else send();
      };
      const send = () => {
        const { bytes, isQuestion } = logins.next();
        if (isQuestion) questions++;
        socket.write(bytes);
      };
      socket.on('data', (chunk: Buffer) => {
        held += chunk.toString('latin1');
        const head = held.indexOf('\r\n\r\n');
        if (head < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(held)?.[1]);
        if (held.length < head + 4 + length) return;
        if (!held.startsWith('HTTP/1.1 200 ')) {
          reject(new Error(held));
          return;
        }
        held = '';
        latencies.push(performance.now() - due);
        next();
      });
      socket.on('error', reject);
      next();
    });
  }
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** @param share 0.99 for the 99th percentile */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
