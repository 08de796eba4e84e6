import type { ListEntry, ListKey, PolicyBatch } from '../../model/index.js';
import { WrongType } from '../column-types.js';
import type { Database } from '../database.js';
import type { Statement } from '../driver.js';
import { EXPORT_PAGE } from '../limits.js';
import { safeSeconds } from '../time.js';
import { numberAt, textAt } from './cells.js';

const WRITE = `
INSERT INTO listed (list, ip, login, ja3, expires, reason) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (list, ip, login, ja3) DO UPDATE SET expires = excluded.expires, reason = excluded.reason`;

type Cells = readonly unknown[];

/** Allow and block lists. */
export class ListTable {
  readonly #database: Database;
  readonly #write: Statement<unknown[]>;
  readonly #delete: Statement<string[]>;
  readonly #deleteById: Statement<[number]>;
  readonly #page: Statement<[number], Cells>;

  constructor(database: Database) {
    this.#database = database;
    this.#write = database.prepare(WRITE);
    this.#delete = database.prepare('DELETE FROM listed WHERE (list, ip, login, ja3) = (?, ?, ?, ?)');
    this.#deleteById = database.prepare('DELETE FROM listed WHERE id = ?');
    this.#page = database
      .prepare<[number], Cells>(
        `SELECT id, list, ip, login, ja3, expires, reason FROM listed WHERE id > ? ORDER BY id LIMIT ${EXPORT_PAGE}`,
      )
      .raw();
  }

  /** To be called inside a transaction. */
  write(entry: ListEntry): void {
    this.#write.run(...keyCells(entry), safeSeconds(Math.floor(entry.expires)), entry.reason);
  }

  /** To be called inside a transaction. */
  delete(entry: PolicyBatch['unlisted'][number]): void {
    this.#delete.run(...keyCells(entry));
  }

  *rows(): Generator<ListEntry> {
    for (const { entry } of this.#walk()) yield entry;
  }

  /** Entries about a user, however the name is written. */
  *ofUser(isUser: (login: string) => boolean): Generator<ListEntry> {
    for (const entry of this.rows()) if (entry.login !== null && isUser(entry.login)) yield entry;
  }

  /** To be called inside a transaction. @returns how many */
  deleteUser(isUser: (login: string) => boolean): number {
    let deleted = 0;
    for (const { id, entry } of this.#walk()) {
      if (entry.login !== null && isUser(entry.login)) deleted += this.#deleteById.run(id).changes;
    }
    return deleted;
  }

  *#walk(): Generator<{ readonly id: number; readonly entry: ListEntry }> {
    let after = 0;
    while (true) {
      const page = this.#database.guarded(() =>
        this.#page.all(after).map((cells) => ({ id: numberAt(cells[0]), entry: entryOf(cells) })),
      );
      yield* page;
      const last = page.at(-1);
      // A damaged tree can lead back to where it came from.
      if (last === undefined || page.length < EXPORT_PAGE || last.id <= after) return;
      after = last.id;
    }
  }
}

function keyCells({ list, ip, login, ja3 }: ListKey & { readonly list: string }): [string, string, string, string] {
  return [list, ip ?? '', login ?? '', ja3 ?? ''];
}

function entryOf([, list, ip, login, ja3, expires, reason]: Cells): ListEntry {
  return {
    list: listOf(list),
    ip: textAt(ip) || null,
    login: textAt(login) || null,
    ja3: textAt(ja3) || null,
    expires: numberAt(expires),
    reason: textAt(reason),
  };
}

function listOf(cell: unknown): ListEntry['list'] {
  if (cell === 'allow' || cell === 'block') return cell;
  throw new WrongType('a list is none');
}
