import type { DeviceRow } from '../../model/index.js';
import { later } from './clock.js';
import { Changed, grown } from './columns.js';
import { Keys } from './keys.js';
import { MAX_SECONDS, READ_AT_ONCE } from './limits.js';

/** What became of all logins with each device key. Beyond the limit the longest unseen goes, of those that never succeeded before the others. */
export class Devices {
  readonly #limit: number;
  readonly #keys = new Keys();
  readonly #changed = new Changed();
  readonly #reset: DeviceRow[] = [];
  #first = new Uint32Array(64);
  #last = new Uint32Array(64);
  #succeeded = new Uint32Array(64);
  #failed = new Uint32Array(64);

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#keys.size;
  }

  add(device: string, succeeded: boolean, seconds: number): void {
    const slot = this.#seen(device, seconds);
    const column = succeeded ? this.#succeeded : this.#failed;
    column[slot] = Math.min(column[slot]! + 1, MAX_SECONDS);
    this.#first[slot] = Math.min(this.#first[slot]!, seconds);
    this.#last[slot] = later(this.#last[slot]!, seconds);
    if (succeeded) this.#keys.setProven(slot, true);
    this.#changed.mark(slot);
  }

  totals(device: string): { readonly succeeded: number; readonly failed: number } {
    const slot = this.#keys.find(device);
    return slot < 0 ? { succeeded: 0, failed: 0 } : { succeeded: this.#succeeded[slot]!, failed: this.#failed[slot]! };
  }

  forget(device: string): void {
    const slot = this.#keys.find(device);
    if (slot < 0) return;
    this.#reset.push({ ...this.#row(slot), succeeded: 0, failed: 0 });
    this.#keys.remove(slot);
  }

  /** What has changed since it was last asked. A row with nothing in it says that what is kept was reset. */
  changes(most: number): DeviceRow[] {
    const reset = this.#reset.splice(0, most);
    return [
      ...reset.filter(({ device }) => this.#keys.find(device) < 0),
      ...[...this.#changed.take(most - reset.length, (slot) => this.#keys.keyAt(slot) !== null)].map((slot) =>
        this.#row(slot),
      ),
    ];
  }

  /** Takes over what was kept, in any order. */
  restore(rows: Iterable<DeviceRow>, seconds: number): void {
    for (const row of rows) {
      if (row.succeeded + row.failed <= 0 || this.#keys.find(row.device) >= 0) continue;
      const slot = this.#add(row.device, Math.min(row.firstSeen, seconds));
      this.#last[slot] = Math.min(row.lastSeen, seconds);
      this.#succeeded[slot] = row.succeeded;
      this.#failed[slot] = row.failed;
      this.#keys.setProven(slot, row.succeeded > 0);
      if (this.#keys.size >= READ_AT_ONCE * this.#limit) this.#trim();
    }
    this.#trim();
  }

  /** Of what was added in any order, the longest unseen goes. */
  #trim(): void {
    this.#keys.order((slot) => this.#last[slot]!);
    while (this.#keys.size > this.#limit) this.#keys.remove(this.#keys.crowdedOut(this.#limit));
  }

  #seen(device: string, seconds: number): number {
    const slot = this.#keys.find(device);
    if (slot >= 0) {
      this.#keys.touch(slot);
      return slot;
    }
    if (this.#keys.size >= this.#limit) this.#keys.remove(this.#keys.crowdedOut(this.#limit));
    return this.#add(device, seconds);
  }

  #add(device: string, seconds: number): number {
    const slot = this.#keys.add(device);
    this.#first = grown(this.#first, slot);
    this.#last = grown(this.#last, slot);
    this.#succeeded = grown(this.#succeeded, slot);
    this.#failed = grown(this.#failed, slot);
    this.#first[slot] = seconds;
    this.#last[slot] = seconds;
    this.#succeeded[slot] = 0;
    this.#failed[slot] = 0;
    return slot;
  }

  #row(slot: number): DeviceRow {
    return {
      device: this.#keys.keyAt(slot)!,
      firstSeen: this.#first[slot]!,
      lastSeen: this.#last[slot]!,
      succeeded: this.#succeeded[slot]!,
      failed: this.#failed[slot]!,
    };
  }
}
