import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HelloFingerprint, LabelRow } from '../../src/model/index.js';
import type { Rule } from '../../src/policy/index.js';
import { curl, type MailClient, mutt, openssl, python } from '../harness/mail/clients/index.js';
import { missing, without } from '../harness/mail/programs.js';
import { eventually, Folder, freePorts } from '../harness/mail/running.js';
import {
  type AskingServer,
  logIn,
  startAsking23,
  startAsking24,
  type Way,
  type Way23,
  type Way24,
} from '../harness/policy/mail-servers.js';
import { ruleWhen } from '../harness/policy/rules.js';
import { type PolicyService, startPolicyService } from '../harness/policy/service.js';

/** What is labelled depends on the versions that are here: each client's name is one of ours, for the hello it has today. */
function labelled(client: MailClient, { ja3 }: HelloFingerprint, row: number): LabelRow {
  return {
    client: `here ${client.name}`,
    version: '1',
    tlsLibrary: 'any',
    source: 'here',
    view: 'ja3',
    hash: ja3.hash,
    string: ja3.string,
    kind: 'user agent',
    weight: 1,
    quality: 'measured',
    sourceRow: row,
    licence: 'none',
    captured: null,
  };
}

const CLIENTS = [python, openssl, curl, mutt] as const;
const absent = [missing.dovecot, missing.dovecot24, ...CLIENTS.map((client) => client.missing)]
  .filter(Boolean)
  .join(', ');

describe.skipIf(absent !== '')(`one client, as Dovecot 2.4 and a proxy tell of it${without(absent)}`, () => {
  let folder: Folder;
  let port: number;
  let service: PolicyService;
  let old: AskingServer<Way23>;
  let recent: AskingServer<Way24>;
  const labels: LabelRow[] = [];

  beforeAll(async () => {
    folder = new Folder();
    ({ port } = await freePorts('port'));
    const url = `http://127.0.0.1:${port}/`;
    [old, recent] = await Promise.all([startAsking23({ url }), startAsking24({ url })]);
    for (const client of CLIENTS) {
      const before = old.proxied.length;
      const { ok, printed } = await logIn(client, old.ways.imap, 'u40');
      expect(ok, printed).toBe(true);
      const { fingerprint } = await eventually('a hello', () => old.proxied[before]);
      labels.push(labelled(client, fingerprint!, labels.length + 1));
    }
  });
  afterAll(async () => {
    await old?.stop();
    await recent?.stop();
    await service?.close();
    folder?.remove();
  });

  const startService = async (name: string, rules: readonly Rule[], known: readonly LabelRow[] = labels) => {
    await service?.close();
    service = await startPolicyService({ port, database: folder.at(name), rules, labels: known });
  };

  const told = (printed = '') =>
    `${printed}\n${service.notices.join('\n')}\n${recent.log().split('\n').slice(-9).join('\n')}`;

  async function logsIn(client: MailClient, way: Way, user: string): Promise<void> {
    const { ok, printed } = await logIn(client, way, user);
    expect(ok, told(printed)).toBe(true);
  }

  it('has one device key and meets one rule, whoever tells', async () => {
    await startService(
      'keys.db',
      CLIENTS.map((client) =>
        ruleWhen({ client: [`here ${client.name}`] }, { name: `is ${client.name}`, action: { action: 'log' } }),
      ),
    );
    const keys = new Map<string, string>();
    for (const client of CLIENTS) {
      const before = service.heardOf('u5').length;
      // Dovecot 2.4 by its own hash, behind a proxy that passes TLS through and by STARTTLS too; a proxy that ends TLS, by string and hashes, by ID and XCLIENT.
      const ways = [
        recent.ways.imap,
        recent.ways['imap starttls'],
        recent.ways['passed through'],
        recent.ways.forwarded,
      ];
      await Promise.all([...ways, old.ways.imap, old.ways.pop3].map((way) => logsIn(client, way, 'u5')));
      const heard = (await service.reported('u5', before + 6)).slice(before);
      expect(heard.map((login) => login.rule)).toEqual(Array(6).fill(`is ${client.name}`));
      const devices = new Set(heard.map(({ device }) => device));
      expect(devices.size, JSON.stringify(heard)).toBe(1);
      keys.set(client.name, [...devices][0]!);
    }
    expect(new Set(keys.values()).size).toBe(CLIENTS.length);
  });

  it('is the same where no label knows it, once its string was told', async () => {
    await startService('unlabelled.db', [], []);
    for (const client of CLIENTS) {
      const before = service.heardOf('u6').length;
      await logsIn(client, old.ways.imap, 'u6');
      await service.reported('u6', before + 1);
      await logsIn(client, recent.ways.imap, 'u6');
      const [forwarded, native] = (await service.reported('u6', before + 2)).slice(before);
      expect(native!.views.sslJa3).toEqual({ ...forwarded!.views.sslJa3, string: null });
      expect(native!.device).toBe(forwarded!.device);
    }
  });

  it('is a new one to a user whom it logs in for the first time, wherever the others did', async () => {
    await startService('new.db', [
      ruleWhen({ newClient: true }, { name: 'new client', action: { action: 'reject', message: 'Who are you?' } }),
    ]);
    // Natively and forwarded in turn: it stays one client.
    for (const way of [recent.ways.imap, old.ways.imap, recent.ways.pop3, old.ways.pop3]) {
      await logsIn(python, way, 'u7');
      await service.reported('u7', 1);
    }
    await service.reported('u7', 4);
    for (const way of [recent.ways.imap, old.ways.imap]) {
      const { refused, printed } = await logIn(openssl, way, 'u7');
      expect(refused, told(printed)).toBe(true);
      expect(printed).toContain('Who are you?');
    }
    const heard = await service.reported('u7', 6);
    expect(heard.map(({ rule: name, outcome }) => [name, outcome])).toEqual([
      [null, 'succeeded'],
      [null, 'succeeded'],
      [null, 'succeeded'],
      [null, 'succeeded'],
      ['new client', 'refused'],
      ['new client', 'refused'],
    ]);
    expect(heard[4]!.evidence.map(({ condition }) => condition)).toContain('new_client');
    // The user's own client is let in all the same, and nobody else's.
    await logsIn(python, old.ways.imap, 'u7');
    await logsIn(openssl, old.ways.imap, 'u8');
  });

  it('is seen to fail for one user after another, half of them here and half of them there', async () => {
    await startService('spray.db', [
      ruleWhen(
        { counts: [{ count: 'failed_users', per: ['fingerprint'], window: 600, atLeast: 20, timesUsual: null }] },
        { name: 'spray', action: { action: 'reject', message: 'Too many users' } },
      ),
    ]);
    const users = Array.from({ length: 20 }, (_, at) => `u${at + 11}`);
    while (users.length > 0) {
      await Promise.all(
        users.splice(0, 4).map(async (user, at) => {
          const way = at % 2 === 0 ? recent.ways.imap : old.ways.imap;
          const { ok, refused, printed } = await logIn(curl, way, user, 'wrong');
          expect({ ok, refused }, told(printed)).toEqual({ ok: false, refused: true });
          expect(printed).not.toContain('Too many users');
          await service.reported(user, 1);
        }),
      );
    }
    for (const way of [recent.ways.imap, old.ways.imap]) {
      const { refused, printed } = await logIn(curl, way, 'u31');
      expect(refused, told(printed)).toBe(true);
      expect(printed).toContain('Too many users');
    }
    const [heard] = await service.reported('u31', 1);
    expect(heard).toMatchObject({ outcome: 'refused', rule: 'spray' });
    expect(heard!.evidence).toMatchObject([
      { condition: 'failed_users', found: 20, numbers: { at_least: 20, window: 600 } },
    ]);
    // Another client of the same address is none of it.
    await logsIn(python, recent.ways.imap, 'u31');
  });
});
