import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/** The requests of one login, in order; all but the last are questions. */
export type Requests = readonly Buffer[];

export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Questions a second, with the reports that belong to them; null: each connection asks again as soon as it is answered. */
  readonly decisions: number | null;
  /** Called before the clock starts where it is known how many there are to be, so that making them costs no answer its time. */
  readonly nextLogin: () => Requests;
}

export interface Outcome {
  readonly seconds: number;
  readonly questions: number;
  /** Logins whose report was answered. */
  readonly logins: number;
  /** Milliseconds from when a question was due to its answer's last byte, ascending. */
  readonly latencies: Float64Array;
  /** The slowest questions, the slowest first. */
  readonly slowest: readonly Slow[];
}

export interface Slow {
  readonly milliseconds: number;
  /** Seconds since the beginning. */
  readonly at: number;
}

const SLOWEST = 100;

/**
 * Asks over keep-alive connections, one request at a time on each, and one login after the other: a report is not sent before its question was answered. At a fixed rate a request that could not be sent when
 * it was due has waited since then, and whatever was due is asked, however long that takes.
 *
 * @throws Error for an answer that is not 200
 */
export async function ask({ port, connections, seconds, decisions, nextLogin }: Load): Promise<Outcome> {
  const prepared: Requests[] = [];
  let requests = 0;
  for (let asked = 0; decisions !== null && asked < decisions * seconds; ) {
    const login = nextLogin();
    prepared.push(login);
    requests += login.length;
    asked += login.length - 1;
  }
  prepared.reverse();
  const latencies: number[] = [];
  const times: number[] = [];
  let logins = 0;
  let sent = 0;
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(sockets.map((socket) => drive(socket)));
  const took = (performance.now() - start) / 1000;
  return {
    seconds: took,
    questions: latencies.length,
    logins,
    slowest: times
      .map((at, i) => ({ at, milliseconds: latencies[i]! }))
      .sort((a, b) => b.milliseconds - a.milliseconds)
      .slice(0, SLOWEST),
    latencies: Float64Array.from(latencies).sort(),
  };

  function drive(socket: Socket): Promise<void> {
    return new Promise((resolve, reject) => {
      let waiting: Requests = [];
      let at = 0;
      let due = 0;
      let held = '';
      const next = () => {
        if (at === waiting.length) {
          const login = decisions === null ? (performance.now() < end ? nextLogin() : undefined) : prepared.pop();
          if (login === undefined) {
            socket.destroy();
            resolve();
            return;
          }
          waiting = login;
          at = 0;
        }
        due = decisions === null ? performance.now() : start + (sent++ / requests) * seconds * 1000;
        const wait = due - performance.now();
        if (wait > 1) setTimeout(send, wait);
        else send();
      };
      const send = () => socket.write(waiting[at++]!);
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
        if (at === waiting.length) logins++;
        else {
          const now = performance.now();
          latencies.push(now - due);
          times.push((now - start) / 1000);
        }
        next();
      });
      socket.on('error', reject);
      socket.on('end', () => reject(new Error('the server ended a connection')));
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
