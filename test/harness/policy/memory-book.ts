import type {
  DeviceRow,
  HeardLogin,
  ListEntry,
  PolicyBatch,
  UserClientRow,
  UserNetworkRow,
  UsualRow,
} from '../../../src/model/index.js';
import type { PolicyBook, PolicyPast } from '../../../src/policy/decide/index.js';

const listKey = ({ list, ip, login, ja3 }: Pick<ListEntry, 'list' | 'ip' | 'login' | 'ja3'>) =>
  JSON.stringify([list, ip, login, ja3]);

/** A book that a later decider can read: rows with the same key replace each other, as in the database. */
export class MemoryBook implements PolicyBook, PolicyPast {
  readonly #heard = new Map<string, HeardLogin>();
  readonly #clients = new Map<string, UserClientRow>();
  readonly #networks = new Map<string, UserNetworkRow>();
  readonly #devices = new Map<string, DeviceRow>();
  readonly #usual = new Map<string, UsualRow>();
  readonly #listed = new Map<string, ListEntry>();

  write({ heard, userClients, userNetworks, devices, usual, listed, unlisted }: PolicyBatch): void {
    for (const row of heard) {
      this.#heard.set(JSON.stringify([row.time, row.session, row.userKey, row.device]), row);
    }
    for (const row of userClients) this.#clients.set(`${row.userKey} ${row.device}`, row);
    for (const row of userNetworks) this.#networks.set(`${row.userKey} ${row.network}`, row);
    for (const row of devices) this.#devices.set(row.device, row);
    for (const row of usual) this.#usual.set(`${row.counter} of ${row.key}`, row);
    for (const row of unlisted) this.#listed.delete(listKey(row));
    for (const row of listed) this.#listed.set(listKey(row), row);
  }

  userClients(): Iterable<UserClientRow> {
    return this.#clients.values();
  }

  userNetworks(): Iterable<UserNetworkRow> {
    return this.#networks.values();
  }

  devices(): Iterable<DeviceRow> {
    return this.#devices.values();
  }

  usual(): Iterable<UsualRow> {
    return this.#usual.values();
  }

  listed(): Iterable<ListEntry> {
    return this.#listed.values();
  }

  heard(since = 0): readonly HeardLogin[] {
    return [...this.#heard.values()].filter(({ time }) => time >= since).sort((a, b) => a.time - b.time);
  }
}
