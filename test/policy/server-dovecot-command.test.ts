import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeardLogin } from '../../src/model/index.js';
import { openStore } from '../../src/store/index.js';
import { type Running, run, start } from '../harness/command.js';
import { curl, openssl, python } from '../harness/mail/clients/index.js';
import { type Dovecot, startDovecot } from '../harness/mail/dovecot.js';
import { missing, without } from '../harness/mail/programs.js';
import { eventually, Folder, freePorts, lastLine } from '../harness/mail/running.js';
import { Notices } from '../harness/notices.js';
import { type AskingServer, logIn, startAsking23, type Way, type Way23 } from '../harness/policy/mail-servers.js';
import { ProxyCommand } from '../harness/proxy-command.js';

const absent = [missing.dovecot, ...[python, openssl, curl].map((client) => client.missing)].filter(Boolean).join(', ');

const RULES = `
enforce: yes
learning: { logins: 3, days: 0 }
rules:
  - name: refused-here
    when: { user: u2 }
    then: { reject: Not from here }
  - name: slow-here
    when: { user: u3 }
    then: { tarpit: 3s }
  - name: watched-here
    when: { user: u4 }
    enforce: no
    then: { reject: never shown }
  - name: unknown-client
    when: { new_client: yes }
    then: { reject: Who are you? }
`;

const refused = (rule: string, message: string) => ({
  outcome: 'refused',
  effect: { action: 'reject', message },
  ignored: null,
  rule,
});

/** What is in a database by now. */
async function heardIn(database: string, user: string): Promise<readonly HeardLogin[]> {
  const store = await openStore(database, { create: false });
  try {
    const key = store.policy.userKey(user);
    return [...store.policy.heard(0)].filter(({ userKey, outcome }) => userKey === key && outcome !== null);
  } finally {
    store.close();
  }
}

/** The last `count` logins of a user, once there are `before` and these. */
const heardOf = async (database: string, user: string, count: number, before = 0): Promise<readonly HeardLogin[]> =>
  (
    await eventually(`${count} logins of ${user} in the database`, async () => {
      const heard = await heardIn(database, user);
      return heard.length >= before + count ? heard : null;
    })
  ).slice(before);

describe.skipIf(absent !== '')(`Dovecot and the command${without(absent)}`, () => {
  let folder: Folder;
  let database: string;
  let config: string;
  let policy: Running;
  let server: AskingServer<Way23>;

  const startPolicy = async () => {
    const running = start(['policy', '--config', config]);
    await new Notices(running).find(/^listening/);
    return running;
  };
  beforeAll(async () => {
    folder = new Folder();
    database = folder.at('policy.db');
    const { port } = await freePorts('port');
    config = folder.write(
      'policy.yaml',
      `listen: 127.0.0.1:${port}\ndatabase: policy.db\nask: { api_key: a-key-of-ours }\n${RULES}`,
      0o600,
    );
    policy = await startPolicy();
    server = await startAsking23({ url: `http://127.0.0.1:${port}/`, apiHeader: 'a-key-of-ours' });
  });
  afterAll(async () => {
    await server?.stop();
    policy?.child.kill('SIGKILL');
    await policy?.finished;
    folder?.remove();
  });

  it('verdicts have their effect, and are kept', async () => {
    const { ways } = server;
    for (const way of [ways.imap, ways.pop3, ways.direct]) {
      const { refused: isRefused, printed } = await logIn(python, way, 'u2');
      expect(isRefused, printed + server.log()).toBe(true);
      expect(printed).toContain('Not from here');
    }
    expect(await heardOf(database, 'u2', 3)).toMatchObject(Array(3).fill(refused('refused-here', 'Not from here')));
    const begun = performance.now();
    expect((await logIn(curl, ways.imap, 'u3')).ok).toBe(true);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(3000);
    expect((await logIn(curl, ways.imap, 'u4')).ok).toBe(true);
    expect(await heardOf(database, 'u4', 1)).toMatchObject([
      { outcome: 'succeeded', effect: { action: 'allow' }, ignored: { action: 'reject' }, rule: 'watched-here' },
    ]);
  });

  it('what was learned outlives kill -9', async () => {
    for (const way of [server.ways.imap, server.ways.pop3, server.ways.imap]) {
      const { ok, printed } = await logIn(python, way, 'u9');
      expect(ok, printed).toBe(true);
    }
    await heardOf(database, 'u9', 3);
    policy.child.kill('SIGKILL');
    await policy.finished;
    expect((await logIn(openssl, server.ways.imap, 'u9')).ok, 'nobody answers').toBe(true);
    policy = await startPolicy();
    // Dovecot lets a server that was away alone for a while.
    await eventually('a refusal', async () => (await logIn(python, server.ways.imap, 'u2')).refused, server.log);
    const { refused: isRefused, printed } = await logIn(openssl, server.ways.imap, 'u9');
    expect(isRefused, printed + server.log()).toBe(true);
    expect(printed).toContain('Who are you?');
    expect((await logIn(python, server.ways.imap, 'u9')).ok).toBe(true);
    expect(await heardOf(database, 'u9', 2, 3)).toMatchObject([
      refused('unknown-client', 'Who are you?'),
      { outcome: 'succeeded' },
    ]);
  });

  it('explains a login by the session in the log of Dovecot', async () => {
    const line = lastLine(server.log(), /policy\(u9,.*policy server refusal/)!;
    const [, session = ''] = /<([^>]+)>\)/.exec(line) ?? [];
    expect(session).not.toBe('');
    await heardOf(database, 'u9', 5);
    const { code, stdout, stderr } = await run(['policy', 'explain', session, '--database', database]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('unknown-client');
    expect(stdout).toContain('Who are you?');
    expect(stdout.replaceAll(session, '')).not.toContain('u9');
  });
});

describe.skipIf(absent !== '')(`the proxy that decides by itself, in front of Dovecot${without(absent)}`, () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot({ trusts: '127.0.0.1' });
  });
  afterAll(() => dovecot?.stop());

  it('says what the server says', async () => {
    const command = await ProxyCommand.start(dovecot.ports.imap, (folder) => {
      writeFileSync(join(folder, 'policy.yaml'), RULES);
      return { policy: { rules: 'policy.yaml' }, database: join(folder, 'policy.db') };
    });
    const way: Way = {
      protocol: 'imap',
      port: command.port,
      ca: `${command.folder}/tls.pem`,
      tls: 'implicit',
      tells: 'nobody',
    };
    const database = `${command.folder}/policy.db`;

    const no = await logIn(python, way, 'u2');
    expect(no.refused, no.printed).toBe(true);
    expect(no.printed).toContain('Not from here');
    const begun = performance.now();
    const slow = await logIn(curl, way, 'u3');
    expect(slow.ok, slow.printed).toBe(true);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(3000);
    expect((await logIn(curl, way, 'u4')).ok).toBe(true);
    for (let time = 0; time < 3; time++) expect((await logIn(python, way, 'u9')).ok).toBe(true);
    const unknown = await logIn(openssl, way, 'u9');
    expect(unknown.printed).toContain('Who are you?');

    expect(await heardOf(database, 'u2', 1)).toMatchObject([refused('refused-here', 'Not from here')]);
    expect(await heardOf(database, 'u3', 1)).toMatchObject([
      { outcome: 'succeeded', effect: { action: 'tarpit', seconds: 3 } },
    ]);
    expect(await heardOf(database, 'u4', 1)).toMatchObject([{ ignored: { action: 'reject' }, rule: 'watched-here' }]);
    expect(await heardOf(database, 'u9', 4)).toMatchObject([
      ...Array(3).fill({ outcome: 'succeeded', rule: null }),
      refused('unknown-client', 'Who are you?'),
    ]);
    // The refused never came to Dovecot.
    expect(dovecot.log()).not.toContain('user=<u2>');
    expect(command.logins().find(({ user }) => user === 'u2')).toMatchObject({
      verdict: 'reject',
      verdict_rule: 'refused-here',
    });
  });
});
