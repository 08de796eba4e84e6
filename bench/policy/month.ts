import { performance } from 'node:perf_hooks';
import { openForRecording } from '../../src/cli/label-source.js';
import { identifier } from '../../src/cli/policy/identify.js';
import { joined } from '../../src/cli/recording/policy-rows.js';
import { readPolicyConfiguration } from '../../src/config/index.js';
import type { PolicyBatch, ToldViews } from '../../src/model/index.js';
import { openDecider, type PolicyLogin } from '../../src/policy/index.js';
import type { MadeLogin, Population } from './population.js';
import { sessionOf } from './session.js';

const DAY = 86_400_000;
const LOGINS_A_DAY = 3;
/** Batches written in one transaction: some thousand rows. */
const TOGETHER = 50;

export interface MonthOptions {
  /** The policy's file: its rules decide, its database is filled. */
  readonly configuration: string;
  readonly database: string;
  readonly population: Population;
  readonly days: number;
  /** The last of them that are not pruned: as if the server had been off. */
  readonly unpruned: number;
  /** Milliseconds: when the last day ends. */
  readonly until: number;
  readonly tell: (line: string) => void;
}

/** What a day's pruning came to. */
export interface Pruned {
  readonly cut: number;
  readonly deleted: number;
  readonly seconds: number;
}

export interface Month {
  readonly logins: number;
  readonly seconds: number;
  /** Of each day that was pruned. */
  readonly pruned: readonly Pruned[];
}

/** Fills a database with what a site's users did, as its policy would have heard, decided and written it: through the decider and the store, without HTTP. Pruned daily, as the command does. */
export async function fillMonth(options: MonthOptions): Promise<Month> {
  const { population, days, unpruned, until, tell } = options;
  const store = await openForRecording({ path: options.database, explicit: true });
  try {
    const { decision } = readPolicyConfiguration(options.configuration, { machine: false });
    const keys = new Map<string, string>();
    for (let user = 0; user < population.users; user++) {
      keys.set(population.nameOf(user), store.policy.userKey(population.nameOf(user)));
    }
    const identify = await identifier(store.labels.references(), () => null, { names: true });
    const book = new Book((batch) => store.policy.write(batch));
    let now = until - days * DAY;
    const ports = {
      userKey: (name: string) => keys.get(name) ?? store.policy.userKey(name),
      identify,
      book,
      now: () => now,
    };
    const decider = openDecider(decision, ports, null);
    const start = performance.now();
    const pruned: Pruned[] = [];
    const aDay = population.users * LOGINS_A_DAY;
    for (let day = 0; day < days; day++) {
      const begin = until - (days - day) * DAY;
      for (let i = 0; i < aDay; i++) {
        now = begin + Math.floor((i / aDay) * DAY);
        const made = population.next();
        decider.report(heardOf(made, now, `${day}.${i}`, identify), {
          success: made.right,
          policyReject: false,
          failType: made.right ? null : 'credentials',
        });
      }
      decider.flush();
      book.flush();
      if (day < days - unpruned) {
        const before = performance.now();
        const { cut, heard } = await store.upkeep.prune(now / 1000);
        if (cut + heard > 0) pruned.push({ cut, deleted: heard, seconds: (performance.now() - before) / 1000 });
      }
      tell(`day ${day + 1} of ${days}, ${Math.round((performance.now() - start) / 1000)} s`);
    }
    decider.close();
    book.flush();
    return { logins: aDay * days, seconds: (performance.now() - start) / 1000, pruned };
  } finally {
    store.close();
  }
}

const NOTHING: ToldViews = { ja3: null, ja3n: null, sslJa3: null, ja4: null };

function heardOf(
  made: MadeLogin,
  time: number,
  number: string,
  identify: (views: ToldViews) => PolicyLogin['client'],
): PolicyLogin {
  const views = { ...NOTHING, ja3: { hash: made.ja3, string: null } };
  return {
    time,
    session: sessionOf(number),
    user: made.user,
    remote: made.remote,
    protocol: made.protocol,
    port: made.port,
    sni: null,
    mechanism: 'PLAIN',
    tls: true,
    tlsVersion: null,
    clientId: made.clientId,
    views,
    client: identify(views),
  };
}

/** Many batches in one transaction: nobody waits for them here. */
class Book {
  readonly #write: (batch: PolicyBatch) => void;
  #batches: PolicyBatch[] = [];

  constructor(write: (batch: PolicyBatch) => void) {
    this.#write = write;
  }

  write(batch: PolicyBatch): void {
    this.#batches.push(batch);
    if (this.#batches.length >= TOGETHER) this.flush();
  }

  flush(): void {
    for (const batch of joined(this.#batches)) this.#write(batch);
    this.#batches = [];
  }
}
