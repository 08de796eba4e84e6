/**
 * What passing a client's TLS through costs, beside HAProxy in TCP mode, a bare pipe of Node, and no proxy at all, in one run:
 *
 *     npm run bench:proxy [-- --small] [--rounds N] [latency] [bulk] [idle] [floods]        default: all four, 15 rounds
 *
 * Printed as Markdown. `--small` takes seconds and shows that everything works, for CI; its figures mean nothing. Every relay, backend and flood is a process of its own; they
 * take turns, in an order that changes with each round. Fails where bytes or logins are lost, never for a time.
 */
import { parseArgs } from 'node:util';
import { machine } from '../lib/section.js';
import { measureBulk } from './lib/bulk.js';
import { measureFloods } from './lib/floods.js';
import { measureIdle } from './lib/idle.js';
import { measureLatency } from './lib/latency.js';
import { Processes } from './lib/processes.js';

const { values, positionals } = parseArgs({
  options: { small: { type: 'boolean', default: false }, rounds: { type: 'string' } },
  allowPositionals: true,
});
const { small } = values;
const rounds = Number(values.rounds ?? (small ? 1 : 15));

const measurements: Readonly<Record<string, (processes: Processes) => Promise<string>>> = {
  latency: (processes) => measureLatency(processes, rounds, small ? 20 : 400),
  bulk: (processes) => measureBulk(processes, rounds, small ? 20e6 : 1e9),
  idle: (processes) => measureIdle(processes, small ? 100 : 9000),
  floods: (processes) => measureFloods(processes, small ? 1 : 20),
};

console.log(`${machine()}`);
for (const [name, measure] of Object.entries(measurements)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const processes = new Processes();
  try {
    await processes.build();
    console.log(`\n${await measure(processes)}`);
  } finally {
    processes.end();
  }
}
