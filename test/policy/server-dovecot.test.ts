import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rule, RuleAction, ServerSecrets } from '../../src/policy/index.js';
import { curl, openssl, python } from '../harness/mail/clients/index.js';
import { missing, without } from '../harness/mail/programs.js';
import { eventually, Folder, freePorts } from '../harness/mail/running.js';
import {
  type AskingServer,
  logIn,
  startAsking23,
  startAsking24,
  type Way23,
  type Way24,
} from '../harness/policy/mail-servers.js';
import { ruleWhen } from '../harness/policy/rules.js';
import { type PolicyService, startPolicyService } from '../harness/policy/service.js';

const forUser = (user: string, action: RuleAction, enforce = true): Rule =>
  ruleWhen({ user: [user] }, { name: `of ${user}`, action, enforce });

const WORDS = 'Not from here, says "the policy"';
const RULES = [
  forUser('u2', { action: 'reject', message: WORDS }),
  forUser('u3', { action: 'tarpit', seconds: 3 }),
  forUser('u4', { action: 'reject', message: 'never shown' }, false),
  forUser('u6', { action: 'reject', message: null }),
];

// Dovecot sends both with every request; what the server asks for differs from test to test.
const PASSWORD_OF_DOVECOT = 'pass-of-dovecot';
const KEY_OF_DOVECOT = 'key-of-dovecot';

const tools = [curl, openssl, python].map((client) => client.missing).filter(Boolean);

function holdVerdicts<Name extends Way23 | Way24>(
  version: string,
  missingServer: string,
  start: (asking: { url: string; apiHeader: string }) => Promise<AskingServer<Name>>,
  ways: readonly Name[],
): void {
  const absent = [missingServer, ...tools].filter(Boolean).join(', ');
  describe.skipIf(absent !== '')(`Dovecot ${version} and the policy server${without(absent)}`, () => {
    let folder: Folder;
    let port: number;
    let service: PolicyService;
    let server: AskingServer<Name>;

    const startService = (ask?: ServerSecrets) =>
      startPolicyService({ port, database: folder.at('policy.db'), rules: RULES, ...(ask && { ask }) });

    beforeAll(async () => {
      folder = new Folder();
      ({ port } = await freePorts('port'));
      service = await startService();
      server = await start({
        url: `http://dovecot:${PASSWORD_OF_DOVECOT}@127.0.0.1:${port}/`,
        apiHeader: KEY_OF_DOVECOT,
      });
    });
    afterAll(async () => {
      await server?.stop();
      await service?.close();
      folder?.remove();
    });

    const attempt = (way: Name, user: string, password?: string) => logIn(python, server.ways[way], user, password);
    const told = () => server.log().split('\n').slice(-20).join('\n') + service.notices.join('\n');

    it.each(ways)('verdict 0, %s: a good login is in and a bad one is not', async (way) => {
      const before = service.heardOf('u1').length;
      const good = await attempt(way, 'u1');
      expect(good.ok, good.printed + told()).toBe(true);
      expect(await attempt(way, 'u1', 'wrong')).toMatchObject({ ok: false, refused: true });
      const { protocol, tells } = server.ways[way];
      // smtplib tries a wrong password with CRAM-MD5, PLAIN and LOGIN in turn.
      const tries = protocol === 'submission' ? 3 : 1;
      const heard = (await service.reported('u1', before + 1 + tries)).slice(before);
      const allowed = { effect: { action: 'allow' }, ignored: null, rule: null, protocol, remote: '127.0.0.1' };
      expect(heard).toMatchObject([
        { ...allowed, outcome: 'succeeded' },
        ...Array<object>(tries).fill({ ...allowed, outcome: 'failed' }),
      ]);
      for (const { device, tls } of heard) {
        expect(device === null).toBe(tells === 'nobody');
        // A mail server knows nothing of the TLS that ended at the proxy.
        expect(tls).toBe(tells !== 'forwarded');
      }
    });

    it.each(ways)('verdict -1, %s: refused with the right password, and told why', async (way) => {
      const before = service.heardOf('u2').length;
      const logged = server.log().length;
      const { ok, refused, printed } = await attempt(way, 'u2');
      expect({ ok, refused }, printed + told()).toEqual({ ok: false, refused: true });
      expect(printed).toContain(WORDS);
      await eventually(
        'the refusal in the log',
        () => server.log().slice(logged).includes(`Authentication failure due to policy server refusal: ${WORDS}`),
        told,
      );
      const [heard] = (await service.reported('u2', before + 1)).slice(before);
      expect(heard).toMatchObject({
        outcome: 'refused',
        effect: { action: 'reject', message: WORDS },
        source: 'rules',
        rule: 'of u2',
      });
    });

    it('verdict -1 without words: the protocol has its own', async () => {
      const { ok, refused, printed } = await attempt(ways[0]!, 'u6');
      expect({ ok, refused }, printed).toEqual({ ok: false, refused: true });
      expect(printed).toContain('Authentication failed');
    });

    it('verdict 3: every login takes 3 s and is in', async () => {
      const before = service.heardOf('u3').length;
      const waited = await Promise.all(
        ways.map(async (way) => {
          const begun = performance.now();
          const { ok, printed } = await attempt(way, 'u3');
          expect(ok, way + printed + told()).toBe(true);
          return performance.now() - begun;
        }),
      );
      for (const time of waited) expect(time).toBeGreaterThanOrEqual(3000);
      const heard = (await service.reported('u3', before + ways.length)).slice(before);
      expect(heard).toHaveLength(ways.length);
      for (const login of heard) {
        expect(login).toMatchObject({ outcome: 'succeeded', effect: { action: 'tarpit', seconds: 3 }, rule: 'of u3' });
      }
    });

    it('a rule that only reports: nothing happens, and what would have is kept', async () => {
      const { ok, printed } = await attempt(ways[0]!, 'u4');
      expect(ok, printed).toBe(true);
      const [heard] = await service.reported('u4', 1);
      expect(heard).toMatchObject({
        outcome: 'succeeded',
        effect: { action: 'allow' },
        ignored: { action: 'reject', message: 'never shown' },
        rule: 'of u4',
      });
      expect(server.log()).not.toContain('never shown');
    });

    describe('where the server asks who asks', () => {
      const restart = async (ask: ServerSecrets) => {
        await service.close();
        service = await startService(ask);
      };

      it.each([
        ['the password', { password: PASSWORD_OF_DOVECOT, apiKey: null }],
        ['the key', { password: null, apiKey: KEY_OF_DOVECOT }],
      ])('%s is told, and its verdicts count', async (_, ask) => {
        await restart(ask);
        const { refused, printed } = await attempt(ways[0]!, 'u2');
        expect(refused, printed + told()).toBe(true);
        expect(printed).toContain(WORDS);
      });

      it.each([
        ['the password', { password: 'another', apiKey: null }],
        ['the key', { password: null, apiKey: 'another' }],
      ])('%s is wrong: logins go on without it, and both sides say so', async (_, ask) => {
        await restart(ask);
        const before = server.log().length;
        const { ok, printed } = await attempt(ways[0]!, 'u2');
        expect(ok, printed + told()).toBe(true);
        await eventually('a word in the log', () => server.log().slice(before).includes('401'), told);
        expect(service.notices.join('\n')).toContain('without the right password or key');
        expect(service.notices.join('\n')).not.toMatch(new RegExp(`another|${PASSWORD_OF_DOVECOT}|${KEY_OF_DOVECOT}`));
      });
    });

    it('where nobody answers logins go on, and are decided about again once somebody does', async () => {
      await service.close();
      const { ok, printed } = await attempt(ways[0]!, 'u2');
      expect(ok, printed + told()).toBe(true);
      service = await startService();
      // Dovecot lets a server that was away alone for a while.
      await eventually('a refusal', async () => (await attempt(ways[0]!, 'u2')).refused, told);
    });
  });
}

holdVerdicts('2.3', missing.dovecot, startAsking23, ['imap', 'direct', 'pop3', 'submission']);
holdVerdicts('2.4', missing.dovecot24, startAsking24, [
  'imap',
  'imap starttls',
  'pop3',
  'submission',
  'passed through',
  'forwarded',
]);
