import type { Observation, ObservationRow, OpenSslGeneration } from '../model/index.js';
import { offeredVersion } from '../report/index.js';
import type { RecordingStore } from '../store/index.js';
import { sslJa3Of } from './both-ssl-ja3.js';

/** What the store keeps of an observation: views and endpoints, none of the hello's bytes. */
export function observationRow(observation: Observation, openssl: OpenSslGeneration): ObservationRow {
  const { timestamp, transport, src, dst, proxiedSrc, starttls, hello, retry, fingerprint } = observation;
  const sslJa3 = sslJa3Of(observation, openssl);
  return {
    timestamp,
    transport,
    src,
    dst,
    proxiedSrc,
    starttls,
    sni: hello.serverName,
    alpn: hello.alpn,
    tlsVersion: offeredVersion(hello).row,
    retry,
    fingerprint: {
      ja3: fingerprint.ja3,
      ja3n: fingerprint.ja3n,
      sslJa3: { '3.0': sslJa3('3.0'), '3.5': sslJa3('3.5') },
      ja4: fingerprint.ja4,
    },
  };
}

/** Observations kept back before they are written in one transaction. */
const BATCH = 2000;

/** Milliseconds an observation is kept back at most: on a quiet server 2000 logins take days, and the process may not live as long. */
const KEPT_BACK = 1000;

/** Writes observations to a store as they come: some thousand to a transaction, and what there is every second. */
export class Recorder {
  readonly #store: RecordingStore;
  readonly #openssl: OpenSslGeneration;
  #rows: ObservationRow[] = [];
  #timer: NodeJS.Timeout | null = null;
  /** What a write between two batches failed with: for whoever comes next. */
  #failure: unknown = null;
  #added = 0;
  #known = 0;

  constructor(store: RecordingStore, openssl: OpenSslGeneration) {
    this.#store = store;
    this.#openssl = openssl;
  }

  /** New in the database, and already there. */
  get counts(): { readonly added: number; readonly known: number } {
    return { added: this.#added, known: this.#known };
  }

  add(observations: readonly Observation[]): void {
    for (const observation of observations) this.#rows.push(observationRow(observation, this.#openssl));
    if (this.#rows.length >= BATCH || this.#failure !== null) this.flush();
    else if (this.#rows.length > 0) this.#timer ??= setTimeout(this.#flushLate, KEPT_BACK);
  }

  /** Writes what there is. @throws SensorError of the store, also for what could not be written since the last call */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#failure !== null) throw this.#failure;
    if (this.#rows.length === 0) return;
    const rows = this.#rows;
    this.#rows = [];
    const { added, known } = this.#store.observations.record(rows);
    this.#added += added;
    this.#known += known;
  }

  readonly #flushLate = (): void => {
    try {
      this.flush();
    } catch (error) {
      this.#failure = error;
    }
  };
}
