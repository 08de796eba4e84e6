/** A database as a busy mail server has it after half a year, and what asking it costs. */
import { statSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { KnownViews, LoginEvent, ObservationRow } from '../../src/model/index.js';
import { openStore, type Store } from '../../src/store/index.js';
import { median } from './measure.js';
import { Random } from './random.js';

const DAYS = 180;
const SHAPES = 2_000;
const CLIENTS = 50_000;
const PORTS = [
  { port: 993, starttls: null },
  { port: 143, starttls: 'imap' },
  { port: 587, starttls: 'smtp' },
  { port: 465, starttls: null },
  { port: 995, starttls: null },
] as const;
const NAMES = ['mail.example.org', 'imap.example.org', 'smtp.example.org', 'mail.example.com', null];
const FIRST_SECOND = 1_750_000_000;
const ROUNDS = 11;

/** Fills a new file: rows in the order of time, clients and shapes drawn with a few common and many rare ones. */
export async function fill(path: string, rows: number): Promise<void> {
  const store = await openStore(path, { create: true });
  const random = new Random(4711);
  const shapes = Array.from({ length: SHAPES }, (_, number) => shape(number));
  const start = performance.now();
  store.observations.record(observations(rows, shapes, random));
  const recorded = performance.now();
  const logins = Math.round(rows / 20);
  store.logins.record(loginEvents(logins, shapes, random));
  const loggedIn = performance.now();
  store.close();
  const rate = (count: number, ms: number) => Math.round(count / (ms / 1000)).toLocaleString('en');
  console.log(
    `${rows.toLocaleString('en')} observations in ${((recorded - start) / 1000).toFixed(0)} s: ${rate(rows, recorded - start)} a second`,
  );
  console.log(`${logins.toLocaleString('en')} logins: ${rate(logins, loggedIn - recorded)} a second`);
  console.log(
    `${(statSync(path).size / 2 ** 20).toFixed(0)} MiB, ${(statSync(path).size / rows).toFixed(0)} bytes an observation, everything included`,
  );
}

/** Times of each question: the first on a new connection, and the median of some more. */
export async function ask(path: string): Promise<void> {
  const opened = performance.now();
  const store = await openStore(path, { create: false, readOnly: true });
  console.log(`opening: ${(performance.now() - opened).toFixed(1)} ms`);
  const busiest = store.fingerprints.top({ limit: 1 })[0]!;
  const { views } = busiest;
  const since = FIRST_SECOND + (DAYS - 7) * 86_400;
  const questions: Record<string, (store: Store) => unknown> = {
    'db show: by id': ({ fingerprints }) => fingerprints.get(busiest.id),
    'db show: by hash': ({ fingerprints }) => fingerprints.find(views.ja3?.hash ?? ''),
    'db show: by the beginning of a hash': ({ fingerprints }) => fingerprints.find(views.ja3?.hash.slice(0, 6) ?? ''),
    'db show: detail of the busiest': ({ fingerprints }) => fingerprints.detail(busiest.id),
    'db show: days of the busiest': ({ fingerprints }) => fingerprints.series(busiest.id, { step: 'day' }),
    'db show: hours of the busiest, a week': ({ fingerprints }) =>
      fingerprints.series(busiest.id, { step: 'hour', since }),
    'db show: its latest logins': ({ logins }) => logins.list({ fingerprintId: busiest.id }),
    'db show: labels': ({ labels }) => labels.references(),
    'db top': ({ fingerprints }) => fingerprints.top(),
    'db top on one port': ({ fingerprints }) => fingerprints.top({ port: 587 }),
    'db top of a week': ({ fingerprints }) => fingerprints.top({ since }),
    'db search': ({ fingerprints }) => fingerprints.search('example.com'),
    'db status': ({ upkeep }) => upkeep.status(),
  };
  for (const [name, question] of Object.entries(questions)) {
    const times = Array.from({ length: ROUNDS }, () => {
      const start = performance.now();
      question(store);
      return performance.now() - start;
    });
    console.log(`${name}: first ${times[0]!.toFixed(1)} ms, then ${median(times.slice(1)).toFixed(1)} ms`);
  }
  store.close();
}

function* observations(rows: number, shapes: readonly KnownViews[], random: Random): Generator<ObservationRow> {
  for (let i = 0; i < rows; i++) {
    const { port, starttls } = PORTS[rare(random, PORTS.length)]!;
    const client = random.u32() % CLIENTS;
    yield {
      timestamp: {
        seconds: FIRST_SECOND + Math.floor((i / rows) * DAYS * 86_400),
        nanoseconds: random.u32() % 1e9,
        digits: 9,
      },
      transport: 'tcp',
      src: { ip: `10.${client >> 16}.${(client >> 8) & 255}.${client & 255}`, port: random.between(1024, 65_535) },
      dst: { ip: '198.51.100.1', port },
      proxiedSrc: null,
      starttls,
      sni: NAMES[rare(random, NAMES.length)]!,
      alpn: null,
      tlsVersion: '1.3',
      retry: false,
      fingerprint: shapes[rare(random, SHAPES)]!,
    };
  }
}

function* loginEvents(rows: number, shapes: readonly KnownViews[], random: Random): Generator<LoginEvent> {
  for (let i = 0; i < rows; i++) {
    const client = random.u32() % CLIENTS;
    yield {
      time: { seconds: FIRST_SECOND + Math.floor((i / rows) * DAYS * 86_400), nanoseconds: 0, digits: 0 },
      session: i.toString(36).padStart(16, 'A'),
      protocol: 'imap',
      user: `user${client}@example.org`,
      remote: { ip: `10.${client >> 16}.${(client >> 8) & 255}.${client & 255}`, port: random.between(1024, 65_535) },
      local: { ip: '198.51.100.1', port: 993 },
      mechanism: 'PLAIN',
      outcome: random.chance(0.1) ? 'failed' : 'succeeded',
      reason: null,
      tls: true,
      sslJa3: { string: null, hash: shapes[rare(random, SHAPES)]!.sslJa3['3.0']!.hash },
      ja3: null,
      ja4: null,
    };
  }
}

/** 0 to `count` - 1, each number about as often as one over it (Zipf's law). */
function rare(random: Random, count: number): number {
  return Math.floor((count + 1) ** (random.u32() / 2 ** 32)) - 1;
}

/** As long as real ones: what a hello's strings take is most of a fingerprint's row. */
function shape(number: number): KnownViews {
  const random = new Random(number + 1);
  const hash = (length: number) =>
    Array.from({ length: length / 8 }, () => random.u32().toString(16).padStart(8, '0')).join('');
  const string = `771,${Array.from({ length: 25 }, () => random.between(4865, 52_393)).join('-')},0-23-65281-10-11-35-16-5-13,29-23-24,0`;
  const value = () => ({ string, hash: hash(32) });
  return {
    ja3: value(),
    ja3n: value(),
    sslJa3: { '3.0': value(), '3.5': value() },
    ja4: { string: `t13d2509h2_${string}`, hash: `t13d2509h2_${hash(8)}_${hash(8)}` },
  };
}
