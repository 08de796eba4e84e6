import { once } from 'node:events';
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openStore } from '../../src/store/index.js';
import { run } from '../harness/command.js';
import { Lines } from '../harness/imap-script.js';
import { ProxyCommand } from '../harness/proxy-command.js';
import { secured } from '../harness/sessions.js';
import { speakingBackend, speechOf } from '../harness/speech.js';
import { mayMount, smallDisk } from '../unit/store/small-disk.js';

const speech = speechOf('imap');
const MAY_MOUNT = mayMount();
/** Conditions are looked at until they hold; nothing is said about how long that takes. */
const SOON = { timeout: 60_000, interval: 20 };

async function backend() {
  const made = await speakingBackend({
    ...speech,
    // Everybody may in who has the password, under any name.
    answer: (line) => {
      const [tag, command, , initial = ''] = line.split(' ');
      const [, , password] = Buffer.from(initial, 'base64').toString().split('\0');
      if (command !== 'AUTHENTICATE' || password !== 'p') return speech.answer(line);
      return { text: `${tag} OK in\r\n`, loggedIn: true };
    },
  });
  onTestFinished(made.close);
  return made;
}

/** @returns the last line of the answer */
async function logIn(client: Lines, user: string): Promise<string> {
  await client.until(speech.greeted);
  client.send(`l LOGIN ${user} p\r\n`);
  return (await client.until(/^l /)).trimEnd().split('\r\n').at(-1)!;
}

async function oneLogin(port: number, user: string): Promise<string> {
  const client = await secured(port);
  const answer = await logIn(client, user);
  client.socket.destroy();
  return answer;
}

/** Clients that log in over and over, each time under a new name, until they are told to stop. */
class Load {
  /** Names of those who were told that they are in. */
  readonly succeeded: string[] = [];
  /** What others were told, or how their connections ended. */
  readonly others: string[] = [];
  readonly #port: number;
  readonly #clients: Promise<void>[];
  readonly #reached = new Map<number, () => void>();
  #stopped = false;
  #names = 0;

  constructor(port: number, clients = 6) {
    this.#port = port;
    this.#clients = Array.from({ length: clients }, () => this.#run());
  }

  /** Resolves when so many more have logged in. */
  more(count: number): Promise<void> {
    return new Promise((resolve) => this.#reached.set(this.succeeded.length + count, resolve));
  }

  /** @returns when every client has come to its end: none hangs */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const name = `user${this.#names++}`;
      const socket = connectTls({ port: this.#port, host: '127.0.0.1', rejectUnauthorized: false });
      const lines = new Lines(socket);
      try {
        await once(socket, 'secureConnect');
        const answer = await logIn(lines, name);
        if (speech.succeeded.test(answer)) this.#hasSucceeded(name);
        else this.others.push(answer);
      } catch (error) {
        // Refused, reset, or closed before the answer.
        this.others.push(String(error));
        await new Promise(setImmediate);
      }
      socket.destroy();
    }
  }

  #hasSucceeded(name: string): void {
    this.succeeded.push(name);
    for (const [count, resolve] of this.#reached) {
      if (this.succeeded.length < count) continue;
      this.#reached.delete(count);
      resolve();
    }
  }
}

function expectOneLineEach(command: ProxyCommand, succeeded: readonly string[], path = command.log): void {
  const lines = new Map<unknown, number>();
  for (const { user, outcome } of command.logins(path)) {
    if (outcome === 'succeeded') lines.set(user, (lines.get(user) ?? 0) + 1);
  }
  const wrong = succeeded.filter((name) => lines.get(name) !== 1);
  expect(wrong, 'logins without exactly one line').toEqual([]);
}

describe.each([1, 2])('under load (%i processes)', (workers) => {
  it('SIGHUP costs no login, no line and no session', async () => {
    const { port } = await backend();
    const command = await ProxyCommand.start(port, () => ({ workers }));
    const session = await secured(command.port);
    await logIn(session, 'lasting');
    const load = new Load(command.port);
    for (let time = 0; time < 3; time++) {
      await load.more(20);
      const from = command.notices.length;
      command.signal('SIGHUP');
      // Two at once, too.
      if (time === 1) command.signal('SIGHUP');
      await command.notice(/^the configuration was read again/, from);
    }
    await load.more(20);
    await load.stop();
    expect(load.others).toEqual([]);
    session.send('hello\r\n');
    expect(await session.until(/hello/)).toBe('echo hello\r\n');
    session.socket.destroy();
    expect((await command.end()).code).toBe(0);
    expectOneLineEach(command, ['lasting', ...load.succeeded]);
  });

  it('SIGHUP after logrotate leaves no line out', async () => {
    const { port } = await backend();
    const command = await ProxyCommand.start(port, () => ({ workers }));
    const load = new Load(command.port);
    await load.more(20);
    const rotated = join(command.folder, 'login.log.1');
    renameSync(command.log, rotated);
    command.signal('SIGHUP');
    await command.notice(/^the configuration was read again/);
    await load.more(40);
    await load.stop();
    expect((await command.end()).code).toBe(0);
    const told = [...command.logins(rotated), ...command.logins()].filter(({ outcome }) => outcome === 'succeeded');
    expect(new Set(told.map(({ user }) => user))).toEqual(new Set(load.succeeded));
    expect(told).toHaveLength(load.succeeded.length);
  });

  it('SIGTERM lets everybody come to an end, and every login that was heard of has its line', async () => {
    const { port } = await backend();
    const command = await ProxyCommand.start(port, () => ({ workers }));
    const load = new Load(command.port);
    await load.more(40);
    const finished = command.end();
    await load.stop();
    expect((await finished).code).toBe(0);
    expectOneLineEach(command, load.succeeded);
  });

  it('SIGHUP and SIGTERM together end it', async () => {
    const { port } = await backend();
    const command = await ProxyCommand.start(port, () => ({ workers }));
    const load = new Load(command.port);
    await load.more(10);
    command.signal('SIGHUP');
    const finished = command.end();
    await load.stop();
    expect((await finished).code).toBe(0);
    expectOneLineEach(command, load.succeeded);
  });
});

describe('under load', () => {
  it('a process that is killed costs its own sessions only, and no line of a login that was heard of', async () => {
    const { port } = await backend();
    const command = await ProxyCommand.start(port, () => ({ workers: 2 }));
    const load = new Load(command.port);
    for (let time = 0; time < 2; time++) {
      await load.more(20);
      const from = command.notices.length;
      process.kill(command.workers[0]!, 'SIGKILL');
      await command.notice(/^a worker ended and is replaced/, from);
    }
    await load.more(20);
    await load.stop();
    // Also while one is being replaced.
    expect((await command.end()).code).toBe(0);
    expectOneLineEach(command, load.succeeded);
  });

  it('all processes that are killed at once are replaced, and where none can begin any more it ends and says why', async () => {
    const { port } = await backend();
    const command = await ProxyCommand.start(port, () => ({ workers: 2 }));
    for (const worker of command.workers) process.kill(worker, 'SIGKILL');
    await vi.waitFor(async () => expect(await oneLogin(command.port, 'again')).toMatch(speech.succeeded), SOON);
    rmSync(join(command.folder, 'tls.pem'));
    for (const worker of command.workers) process.kill(worker, 'SIGKILL');
    const { code, stderr } = await command.running.finished;
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(/no process is left, and none can begin/);
  });

  it('a database that somebody else has locked holds up no login, and has all of them in the end', async () => {
    const { port } = await backend();
    const command = await ProxyCommand.start(port, (folder) => ({ database: join(folder, 'sensor.db') }));
    const database = join(command.folder, 'sensor.db');
    await oneLogin(command.port, 'first');
    await vi.waitFor(async () => expect(await loginsIn(database)).toBe(1), SOON);
    const other = new Database(database);
    other.exec('BEGIN EXCLUSIVE');
    const load = new Load(command.port);
    await load.more(60);
    expect((await command.notice(/^the database cannot be written/)).error).toMatch(/database_locked/);
    await load.more(10);
    await load.stop();
    expect(load.others).toEqual([]);
    other.exec('ROLLBACK');
    other.close();
    await command.notice(/^the database is written again/);
    expect((await command.end()).code).toBe(0);
    expectOneLineEach(command, ['first', ...load.succeeded]);
    expect(await loginsIn(database)).toBe(1 + load.succeeded.length);
  });
});

async function loginsIn(path: string): Promise<number> {
  const store = await openStore(path, { create: false, readOnly: true });
  const { logins } = store.counts();
  store.close();
  return logins;
}

describe('while logins cannot be recorded', () => {
  it('they are refused where that is asked for, and let in again afterwards', async () => {
    const { port } = await backend();
    const command = await ProxyCommand.start(port, (folder) => ({
      database: join(folder, 'sensor.db'),
      when_unrecorded: 'refuse',
    }));
    const database = join(command.folder, 'sensor.db');
    await oneLogin(command.port, 'first');
    await vi.waitFor(async () => expect(await loginsIn(database)).toBe(1), SOON);
    const other = new Database(database);
    other.exec('BEGIN EXCLUSIVE');
    await oneLogin(command.port, 'second');
    await command.notice(/^the database cannot be written/);
    expect(await oneLogin(command.port, 'third')).toMatch(speech.unavailable);
    other.exec('ROLLBACK');
    other.close();
    await command.notice(/^the database is written again/);
    expect(await oneLogin(command.port, 'fourth')).toMatch(speech.succeeded);
    expect((await command.end()).code).toBe(0);
    expect(command.logins().map(({ user, outcome, reason_code }) => [user, outcome, reason_code ?? null])).toEqual([
      ['first', 'succeeded', null],
      ['second', 'succeeded', null],
      ['third', 'refused', 'temp_fail'],
      ['fourth', 'succeeded', null],
    ]);
  });

  /** Takes all the room there is. @returns what gives it back */
  function fill(disk: string): () => void {
    const path = join(disk, 'ballast');
    const file = openSync(path, 'w');
    for (const size of [65_536, 4096, 256, 1]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch {
        // Full, but for less than that.
      }
    }
    closeSync(file);
    return () => rmSync(path);
  }

  it.skipIf(!MAY_MOUNT)('on a full disk they go on, and the log has them when there is room (needs root)', async () => {
    const { port } = await backend();
    const disk = smallDisk();
    const log = join(disk, 'login.log');
    const command = await ProxyCommand.start(port, () => ({ log }));
    await oneLogin(command.port, 'first');
    const empty = fill(disk);
    const load = new Load(command.port);
    await load.more(30);
    await load.stop();
    expect(load.others).toEqual([]);
    empty();
    expect(await command.notice(/^login lines are written again/)).toMatchObject({ lost: 0 });
    await oneLogin(command.port, 'last');
    expect((await command.end()).code).toBe(0);
    expectOneLineEach(command, ['first', ...load.succeeded, 'last'], log);
  });

  it.skipIf(!MAY_MOUNT)('on a full disk they are refused where that is asked for (needs root)', async () => {
    const { port } = await backend();
    const disk = smallDisk();
    const log = join(disk, 'login.log');
    const command = await ProxyCommand.start(port, () => ({ log, when_unrecorded: 'refuse' }));
    expect(await oneLogin(command.port, 'first')).toMatch(speech.succeeded);
    const empty = fill(disk);
    // The first ones find out: as long as there is room for a line, it is written.
    let answer = '';
    for (let time = 0; time < 10 && !speech.unavailable.test(answer); time++) {
      answer = await oneLogin(command.port, `full${time}`);
    }
    expect(answer).toMatch(speech.unavailable);
    empty();
    await command.notice(/^login lines are written again/);
    expect(await oneLogin(command.port, 'last')).toMatch(speech.succeeded);
    expect((await command.end()).code).toBe(0);
  });

  it.skipIf(!MAY_MOUNT)('what the database missed on a full disk is read back from the log (needs root)', async () => {
    const { port } = await backend();
    const disk = smallDisk();
    const database = join(disk, 'sensor.db');
    const command = await ProxyCommand.start(port, () => ({ database }));
    await oneLogin(command.port, 'first');
    await vi.waitFor(async () => expect(await loginsIn(database)).toBe(1), SOON);
    const empty = fill(disk);
    const load = new Load(command.port);
    await load.more(60);
    await command.notice(/^the database cannot be written/);
    await load.stop();
    expect(load.others).toEqual([]);
    // It goes without having had a chance: what waited is lost to the database, and it says how much.
    expect((await command.end()).code).toBe(0);
    const told = command.notices.find(({ msg }) => msg.startsWith('logins were not recorded'));
    expect(told).toMatchObject({ log: 0, database: expect.any(Number) });
    expectOneLineEach(command, ['first', ...load.succeeded]);
    empty();
    const read = await run(['log', '--record', '--database', database, command.log]);
    expect(read.code, read.stderr).toBe(0);
    expect(await loginsIn(database)).toBe(command.logins().length);
  });
});
