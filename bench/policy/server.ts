/** A policy server in a process of its own that lets everybody pass: what HTTP, reading and answering cost alone. Prints its port. */
import { PolicyServer } from '../../src/policy/index.js';

const silent = { info: () => {}, warn: () => {} };
const server = new PolicyServer(
  {
    listen: [{ host: '127.0.0.1', port: 0 }],
    tls: null,
    networks: [],
    ask: { password: 'measured', apiKey: null },
    manage: { password: null, apiKey: null },
    rate: { perSecond: 1e6, burst: 1e6 },
  },
  {
    decider: {
      decide: () => ({
        verdict: { action: 'allow', rule: null, source: 'rules', ignored: null },
        evidence: [],
      }),
      report: () => {},
    },
    management: {
      listed: () => [],
      add: () => {},
      remove: () => false,
      reset: () => {},
      stats: () => ({ counts: {}, allowed: null, blocked: null }),
    },
    identify: () => ({ device: null, aliases: [], recognition: null }),
    clientName: () => null,
    notices: silent,
    now: Date.now,
    version: '0',
  },
);
const [bound] = await server.listen();
console.log(bound?.port);
process.once('SIGTERM', () => void server.close(0));
