import type {
  DeviceRow,
  HeardLogin,
  ListEntry,
  PolicyBatch,
  UserClientRow,
  UserNetworkRow,
  UsualRow,
} from '../../model/index.js';
import type { Database } from '../database.js';
import type { Statement } from '../driver.js';
import { markOf } from '../key-file.js';
import type { PolicyCounts, PolicyOfUser, PolicyStore } from '../surface/index.js';
import type { Writer } from '../writer.js';
import { HeardPages } from './heard-pages.js';
import { HeardTable } from './heard-table.js';
import { KnownTable } from './known-table.js';
import { DEVICES, USER_CLIENTS, USER_NETWORKS, USUAL } from './known-tables.js';
import { ListTable } from './list-table.js';
import { RecordedLogins } from './recorded.js';
import { UserRows } from './user-rows.js';

const COUNT = `SELECT
  (SELECT rows FROM row_counts WHERE name = 'heard') AS heard, (SELECT count(*) FROM user_clients) AS userClients, (SELECT count(*) FROM user_networks) AS userNetworks,
  (SELECT count(*) FROM devices) AS devices, (SELECT count(*) FROM usual) AS usual, (SELECT count(*) FROM listed) AS listed`;

/** What a policy heard, said and learned, in the file's tables. */
export class PolicyTables implements PolicyStore {
  readonly key: string;
  readonly #database: Database;
  readonly #writer: Writer;
  readonly #heard: HeardTable;
  readonly #pages: HeardPages;
  readonly #recorded: RecordedLogins;
  readonly #clients: KnownTable<UserClientRow>;
  readonly #networks: KnownTable<UserNetworkRow>;
  readonly #devices: KnownTable<DeviceRow>;
  readonly #usual: KnownTable<UsualRow>;
  readonly #lists: ListTable;
  readonly #users: UserRows;
  readonly #count: Statement<[], PolicyCounts>;

  constructor(database: Database, writer: Writer) {
    this.key = markOf(database.connection);
    this.#database = database;
    this.#writer = writer;
    this.#heard = new HeardTable(database, writer.fingerprints);
    this.#pages = new HeardPages(database);
    this.#recorded = new RecordedLogins(database);
    this.#clients = new KnownTable(database, USER_CLIENTS);
    this.#networks = new KnownTable(database, USER_NETWORKS);
    this.#devices = new KnownTable(database, DEVICES);
    this.#usual = new KnownTable(database, USUAL);
    this.#lists = new ListTable(database);
    this.#users = new UserRows(database, this.#pages, this.#lists);
    this.#count = database.prepare(COUNT);
  }

  userClients(): Iterable<UserClientRow> {
    return this.#clients.rows();
  }

  userNetworks(): Iterable<UserNetworkRow> {
    return this.#networks.rows();
  }

  devices(): Iterable<DeviceRow> {
    return this.#devices.rows();
  }

  usual(): Iterable<UsualRow> {
    return this.#usual.rows();
  }

  listed(): Iterable<ListEntry> {
    return this.#lists.rows();
  }

  heard(since: number, until?: number): Iterable<HeardLogin> {
    return this.#pages.between(since, until);
  }

  heardOf(session: string): readonly HeardLogin[] {
    return this.#pages.ofSession(session);
  }

  sessions(prefix: string, limit?: number): readonly string[] {
    return this.#pages.sessions(prefix, limit);
  }

  recorded(since: number): Iterable<HeardLogin> {
    return this.#recorded.since(since);
  }

  write(batch: PolicyBatch, key: string = this.key): void {
    this.#database.guarded(() =>
      this.#writer.transaction(() => {
        const withUsers = key === markOf(this.#database.connection);
        this.#heard.write(batch.heard, withUsers);
        if (withUsers) {
          for (const row of batch.userClients) this.#clients.write(row);
          for (const row of batch.userNetworks) this.#networks.write(row);
          for (const row of batch.usual) this.#usual.write(row);
        }
        for (const row of batch.devices) this.#devices.write(row);
        for (const entry of batch.listed) this.#lists.write(entry);
        for (const entry of batch.unlisted) this.#lists.delete(entry);
      }),
    );
  }

  userKey(name: string): string {
    return this.#database.guarded(() => this.#database.secret.user(name).toString('hex'));
  }

  ofUser(name: string): PolicyOfUser {
    return this.#users.of(name);
  }

  /** To be called inside a transaction. @returns how many rows */
  deleteUser(name: string): number {
    return this.#users.delete(name);
  }

  counts(): PolicyCounts {
    return this.#database.guarded(() => this.#count.get()!);
  }
}
