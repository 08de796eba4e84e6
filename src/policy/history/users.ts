import type { UserClientRow, UserNetworkRow } from '../../model/index.js';
import type { HistoryLimits, Learning } from '../decide/options.js';
import { DAY, MAX_LAG_SECONDS } from './clock.js';
import { Keys } from './keys.js';
import { SWEPT } from './limits.js';
import { Names } from './names.js';
import type { Familiarity } from './questions.js';
import { type Seen, type SeenInAll, SeenThings } from './seen.js';
import { networkNumber, networkOfNumber, whereIs } from './where.js';

/** The devices and networks that users logged in with. Only logins that succeeded teach: whoever guesses passwords must not become familiar by it. */
export class Users {
  readonly #learning: Learning;
  readonly #limits: HistoryLimits;
  readonly #keys = new Keys();
  readonly #devices = new Names();
  readonly #clients: SeenThings;
  readonly #networks: SeenThings;
  /** What was reset and not handed out yet. */
  readonly #resetClients: UserClientRow[] = [];
  readonly #resetNetworks: UserNetworkRow[] = [];

  constructor(learning: Learning, limits: HistoryLimits) {
    this.#learning = learning;
    this.#limits = limits;
    this.#clients = new SeenThings(limits.clientsPerUser, (device) => this.#devices.release(device));
    this.#networks = new SeenThings(limits.networksPerUser, () => {});
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Entries of all users. */
  get entries(): { readonly clients: number; readonly networks: number } {
    return { clients: this.#clients.size, networks: this.#networks.size };
  }

  /** A login that succeeded. */
  add(userKey: string, device: string | null, network: string | null, seconds: number): void {
    if (device === null && network === null) return;
    const stale = this.#staleAt(seconds);
    const user = this.#seen(userKey);
    if (device !== null) {
      const known = this.#devices.find(device);
      const has = known !== null && this.#clients.has(user, known);
      this.#clients.add(user, has ? known : this.#devices.hold(device), seconds, stale);
    }
    if (network !== null) this.#networks.add(user, networkNumber(network), seconds, stale);
  }

  /** @param devices all keys of one */
  client(userKey: string, devices: readonly string[], seconds: number): Familiarity {
    const user = this.#keys.find(userKey);
    const known = devices.map((device) => this.#devices.find(device)).filter((number) => number !== null);
    return this.#familiarity(this.#clients.ask(user, known, this.#staleAt(seconds)), seconds);
  }

  network(userKey: string, network: string, seconds: number): Familiarity {
    const user = this.#keys.find(userKey);
    return this.#familiarity(this.#networks.ask(user, [networkNumber(network)], this.#staleAt(seconds)), seconds);
  }

  /** Forgets users whose time is over: of the longest unseen some at a time. */
  sweep(seconds: number): void {
    for (let i = 0; i < SWEPT && this.#keys.oldest >= 0; i++) {
      const user = this.#keys.oldest;
      const last = this.#lastOf(user);
      if (last > seconds + MAX_LAG_SECONDS) this.#setRight(user, seconds);
      else if (last < this.#staleAt(seconds)) this.#remove(user);
      else return;
    }
  }

  /** All that is known of a user goes. */
  forget(userKey: string): void {
    const user = this.#keys.find(userKey);
    if (user < 0) return;
    for (const seen of this.#networks.all(user)) this.#resetNetworks.push({ ...this.#networkRow(seen), succeeded: 0 });
    for (const seen of this.#clients.all(user)) this.#resetClients.push({ ...this.#clientRow(seen), succeeded: 0 });
    this.#remove(user);
  }

  /** How many things of each kind a user has. */
  knownOf(
    userKey: string,
    seconds: number,
  ): { readonly logins: number; readonly clients: number; readonly networks: number } {
    const user = this.#keys.find(userKey);
    const stale = this.#staleAt(seconds);
    const clients = this.#clients.ask(user, [], stale);
    const networks = this.#networks.ask(user, [], stale);
    return { logins: Math.max(clients.logins, networks.logins), clients: clients.things, networks: networks.things };
  }

  /**
   * What has changed since it was last asked. A row without successes says that what is kept was reset.
   *
   * @param most of each kind
   */
  changes(most: number): { readonly userClients: UserClientRow[]; readonly userNetworks: UserNetworkRow[] } {
    const resetClients = this.#resetClients.splice(0, most);
    const resetNetworks = this.#resetNetworks.splice(0, most);
    return {
      userClients: [
        ...resetClients.filter((row) => !this.#hasClient(row)),
        ...[...this.#clients.changes(most - resetClients.length)].map((seen) => this.#clientRow(seen)),
      ],
      userNetworks: [
        ...resetNetworks.filter((row) => !this.#hasNetwork(row)),
        ...[...this.#networks.changes(most - resetNetworks.length)].map((seen) => this.#networkRow(seen)),
      ],
    };
  }

  /** Takes over what was kept, in any order. What says nothing, and what its time is over for, is passed over. */
  restore(clients: Iterable<UserClientRow>, networks: Iterable<UserNetworkRow>, seconds: number): void {
    for (const row of clients) {
      if (!this.#isKept(row, seconds)) continue;
      const owner = this.#slotOf(row.userKey);
      if (!this.#hasClient(row)) {
        this.#clients.restore({ ...seenOf(row, seconds), owner, what: this.#devices.hold(row.device) });
      }
    }
    for (const row of networks) {
      const network = whereIs(row.network)?.network;
      if (network === undefined || !this.#isKept(row, seconds)) continue;
      const owner = this.#slotOf(row.userKey);
      const what = networkNumber(network);
      if (!this.#networks.has(owner, what)) this.#networks.restore({ ...seenOf(row, seconds), owner, what });
    }
    for (const user of this.#keys.inOrder()) {
      this.#clients.trim(user, seconds);
      this.#networks.trim(user, seconds);
    }
    this.#keys.order((user) => this.#lastOf(user));
    while (this.#keys.size > this.#limits.users) this.#remove(this.#keys.oldest);
  }

  /** Takes back what a wrong clock put into the future, so that it does not stay until then. */
  #setRight(user: number, seconds: number): void {
    this.#clients.setRight(user, seconds);
    this.#networks.setRight(user, seconds);
    this.#keys.touch(user);
  }

  #isKept(row: UserClientRow | UserNetworkRow, seconds: number): boolean {
    return row.succeeded > 0 && row.lastSeen >= this.#staleAt(seconds);
  }

  #hasClient({ userKey, device }: UserClientRow): boolean {
    const known = this.#devices.find(device);
    return known !== null && this.#clients.has(this.#keys.find(userKey), known);
  }

  #hasNetwork({ userKey, network }: UserNetworkRow): boolean {
    return this.#networks.has(this.#keys.find(userKey), networkNumber(network));
  }

  #slotOf(userKey: string): number {
    const user = this.#keys.find(userKey);
    return user < 0 ? this.#keys.add(userKey) : user;
  }

  /** The user, as the one last seen. */
  #seen(userKey: string): number {
    const user = this.#keys.find(userKey);
    if (user >= 0) {
      this.#keys.touch(user);
      return user;
    }
    if (this.#keys.size >= this.#limits.users) this.#remove(this.#keys.oldest);
    return this.#keys.add(userKey);
  }

  #familiarity({ logins, first, same }: SeenInAll, seconds: number): Familiarity {
    const days = first === null ? 0 : Math.max(0, Math.floor((seconds - first) / DAY));
    return { logins, days, same, learned: logins >= this.#learning.logins && days >= this.#learning.days };
  }

  #staleAt(seconds: number): number {
    return seconds - this.#limits.days * DAY;
  }

  #lastOf(user: number): number {
    return Math.max(this.#clients.lastOf(user), this.#networks.lastOf(user));
  }

  #remove(user: number): void {
    this.#clients.forget(user);
    this.#networks.forget(user);
    this.#keys.remove(user);
  }

  #clientRow({ owner, what, first, last, succeeded }: Seen): UserClientRow {
    const userKey = this.#keys.keyAt(owner)!;
    return { userKey, device: this.#devices.nameOf(what), firstSeen: first, lastSeen: last, succeeded };
  }

  #networkRow({ owner, what, first, last, succeeded }: Seen): UserNetworkRow {
    const userKey = this.#keys.keyAt(owner)!;
    return { userKey, network: networkOfNumber(what), firstSeen: first, lastSeen: last, succeeded };
  }
}

/** Times from a clock that was wrong are put right. */
function seenOf(row: UserClientRow | UserNetworkRow, seconds: number): Omit<Seen, 'owner' | 'what'> {
  return { first: Math.min(row.firstSeen, seconds), last: Math.min(row.lastSeen, seconds), succeeded: row.succeeded };
}
