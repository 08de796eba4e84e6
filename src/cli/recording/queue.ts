import type { KnownViews, ObservationRow, PolicyBatch, SeenLogin } from '../../model/index.js';
import { BATCH_ROWS, QUEUE_BYTES, QUEUE_ROWS } from './limits.js';
import type { Batch } from './messages.js';
import { joined, policyBytesOf, policyRowsOf } from './policy-rows.js';
import { plainValue, ROW_BYTES, textOfValues } from './sizes.js';

interface Item {
  readonly login: SeenLogin | null;
  readonly observation: ObservationRow | null;
  readonly policy: PolicyBatch | null;
  readonly rows: number;
  readonly bytes: number;
}

/** Rows that wait, within limits: what does not fit is not taken. */
export class RecordQueue {
  #items: Item[] = [];
  #first = 0;
  #rows = 0;
  #bytes = 0;

  get rows(): number {
    return this.#rows;
  }

  /** False where there is no room. */
  login(login: SeenLogin): boolean {
    const { fingerprint, clientId, reason } = login;
    const bytes = ROW_BYTES + (fingerprint === null ? 0 : textOf(fingerprint)) + (reason?.length ?? 0);
    const pairs = clientId?.reduce((sum, [name, value]) => sum + name.length + (value?.length ?? 0), 0) ?? 0;
    return this.#push({
      login: { ...login, fingerprint: fingerprint === null ? null : plain(fingerprint) },
      observation: null,
      policy: null,
      rows: 1,
      bytes: bytes + pairs,
    });
  }

  observation(row: ObservationRow): boolean {
    const names = row.alpn?.reduce((sum, name) => sum + name.length, 0) ?? 0;
    const bytes = ROW_BYTES + textOf(row.fingerprint) + (row.sni?.length ?? 0) + names;
    const observation = { ...row, fingerprint: plain(row.fingerprint) };
    return this.#push({ login: null, observation, policy: null, rows: 1, bytes });
  }

  /** All of it, or, where there is no room, nothing. */
  policy(batch: PolicyBatch): boolean {
    const rows = policyRowsOf(batch);
    return this.#push({
      login: null,
      observation: null,
      policy: batch,
      rows,
      bytes: policyBytesOf(batch),
    });
  }

  /** The oldest rows, out of the queue; null where there are none. */
  take(): Batch | null {
    if (this.#first === this.#items.length) return null;
    let end = this.#first;
    for (let rows = 0; end < this.#items.length && rows < BATCH_ROWS; end++) rows += this.#items[end]!.rows;
    const items = this.#items.slice(this.#first, end);
    this.#first = end;
    for (const { rows, bytes } of items) {
      this.#rows -= rows;
      this.#bytes -= bytes;
    }
    // Moved together now and then, not with every batch.
    if (this.#first > this.#items.length / 2) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return {
      logins: items.flatMap(({ login }) => login ?? []),
      observations: items.flatMap(({ observation }) => observation ?? []),
      policy: joined(items.flatMap(({ policy }) => policy ?? [])),
    };
  }

  #push(item: Item): boolean {
    if (this.#rows + item.rows > QUEUE_ROWS || this.#bytes + item.bytes > QUEUE_BYTES) return false;
    this.#items.push(item);
    this.#rows += item.rows;
    this.#bytes += item.bytes;
    return true;
  }
}

/** One for all hellos of a kind, where the proxy has one for them: in the other thread they are one too. */
const plains = new WeakMap<KnownViews, KnownViews>();

/** A copy that can travel to another thread: members that are computed when they are read would stay behind. */
function plain<Views extends KnownViews>(views: Views): Views {
  let copy = plains.get(views);
  if (copy === undefined) {
    const { ja3, ja3n, sslJa3, ja4 } = views;
    copy = {
      ja3: plainValue(ja3),
      ja3n: plainValue(ja3n),
      sslJa3: { '3.0': plainValue(sslJa3['3.0']), '3.5': plainValue(sslJa3['3.5']) },
      ja4: plainValue(ja4),
    };
    plains.set(views, copy);
  }
  return copy as Views;
}

/** Characters of a fingerprint's strings. */
function textOf({ ja3, ja3n, sslJa3, ja4 }: KnownViews): number {
  return textOfValues([ja3, ja3n, sslJa3['3.0'], sslJa3['3.5'], ja4]);
}
