import type { UsualRow } from '../../model/index.js';
import type { Database } from '../database.js';
import type { Statement } from '../driver.js';
import { sameUser } from '../keys.js';
import type { PolicyOfUser } from '../surface/index.js';
import type { HeardPages } from './heard-pages.js';
import { columnsOf, type KnownTableShape } from './known-table.js';
import { USER_CLIENTS, USER_NETWORKS, USUAL } from './known-tables.js';
import type { ListTable } from './list-table.js';

/** In a key of `usual` the user comes last. */
const USUAL_OF_USER = "key = @hex OR key LIKE '% ' || @hex";

/** What a policy keeps of one user. */
export class UserRows {
  readonly #database: Database;
  readonly #heard: HeardPages;
  readonly #lists: ListTable;
  readonly #clients: Statement<[Buffer], readonly unknown[]>;
  readonly #networks: Statement<[Buffer], readonly unknown[]>;
  readonly #usual: Statement<[{ hex: string }], readonly unknown[]>;
  readonly #deleteUsual: Statement<[{ hex: string }]>;
  readonly #deleteHeard: Statement<[Buffer]>;
  readonly #uncountHeard: Statement<[number]>;
  readonly #deleteKnown: readonly Statement<[Buffer]>[];

  constructor(database: Database, heard: HeardPages, lists: ListTable) {
    const of = <Parameters extends unknown[], Row>(shape: KnownTableShape<Row>, condition: string) =>
      database
        .prepare<Parameters, readonly unknown[]>(
          `SELECT ${columnsOf(shape)} FROM ${shape.name} WHERE ${condition} ORDER BY ${shape.key.join(', ')}`,
        )
        .raw();
    this.#database = database;
    this.#heard = heard;
    this.#lists = lists;
    this.#clients = of(USER_CLIENTS, 'user_key = ?');
    this.#networks = of(USER_NETWORKS, 'user_key = ?');
    this.#usual = of(USUAL, USUAL_OF_USER);
    this.#deleteUsual = database.prepare(`DELETE FROM usual WHERE ${USUAL_OF_USER}`);
    this.#deleteHeard = database.prepare('DELETE FROM heard WHERE user_key = ?');
    this.#uncountHeard = database.prepare("UPDATE row_counts SET rows = rows - ? WHERE name = 'heard'");
    this.#deleteKnown = ['user_clients', 'user_networks'].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE user_key = ?`),
    );
  }

  of(name: string): PolicyOfUser {
    return this.#database.guarded(() => {
      const user = this.#database.secret.user(name);
      return {
        clients: this.#clients.all(user).map(USER_CLIENTS.rowOf),
        networks: this.#networks.all(user).map(USER_NETWORKS.rowOf),
        usual: this.#usual.all({ hex: user.toString('hex') }).map((cells): UsualRow => USUAL.rowOf(cells)),
        listed: [...this.#lists.ofUser((login) => sameUser(login, name))],
        heard: this.#heard.ofUser(user),
      };
    });
  }

  /** To be called inside a transaction. @returns how many rows */
  delete(name: string): number {
    const user = this.#database.secret.user(name);
    const heard = this.#deleteHeard.run(user).changes;
    this.#uncountHeard.run(heard);
    const known = this.#deleteKnown.reduce((sum, statement) => sum + statement.run(user).changes, 0);
    const usual = this.#deleteUsual.run({ hex: user.toString('hex') }).changes;
    return heard + known + usual + this.#lists.deleteUser((login) => sameUser(login, name));
  }
}
