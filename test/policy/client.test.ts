import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { LoginFacts } from '../../src/model/index.js';
import { PolicyClient, type PolicyClientOptions, policyDefaults } from '../../src/policy/index.js';
import { decideLogin, Tarpits } from '../../src/proxy/policy/index.js';
import { behaviours, deadlyBehaviours } from '../harness/policy/behaviours.js';
import { NONCE, startBehaving } from '../harness/policy/dovecot.js';
import { always, http, type PolicyServer, startPolicyServer } from '../harness/policy/server.js';
import { proxiedLogin } from '../harness/proxied-login.js';
import { OPENSSL_ABSENT, opensslIsThere, selfSigned } from '../harness/tls-servers.js';

/** What Dovecot 2.3.19 made of each behaviour, recorded: its outcome where a failure lets logins pass, and where it refuses them. */
const recorded = JSON.parse(readFileSync(new URL('../data/policy/outcomes.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<'failOpen' | 'failClosed', { action: 'allow' | 'reject'; message: string | null }>
>;

type Outcome = (typeof recorded)[string]['failOpen'];

/** Where an answer is no use as a whole, Dovecot shows the client what `msg` it had read by then; we show nothing of it. */
function withoutBrokenWords([name, outcome]: readonly [string, Outcome]): readonly [string, Outcome] {
  const isBroken = name === 'body-json-and-more' || name === 'body-no-status';
  return [name, isBroken ? { ...outcome, message: null } : outcome];
}

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

function watched(server: PolicyServer): PolicyServer {
  cleanUps.push(() => server.close());
  return server;
}

interface Told {
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A client of a server on loopback, with a clock that stands still unless it is moved. */
function clientOf(port: number, options: Partial<PolicyClientOptions> = {}) {
  const told: Told[] = [];
  const tell = (message: string, details = {}) => void told.push({ message, details });
  const clock = { now: 0 };
  const client = new PolicyClient(
    { ...policyDefaults, url: `http://127.0.0.1:${port}/`, nonce: NONCE, timeout: 400, ...options },
    { notices: { info: tell, warn: tell }, clientName: () => null, now: () => clock.now },
  );
  cleanUps.push(() => client.close());
  return { client, told, clock };
}

const factsOf = (user: string): LoginFacts => proxiedLogin({ user });
const pass = Buffer.from('pass');
const allowed = { action: 'allow', rule: null, source: 'server', ignored: null };
const failedOpen = { action: 'allow', rule: null, source: 'failure', ignored: null };

describe('what a server does to a question', () => {
  it.each([
    ['let pass', false, 'failOpen'],
    ['refused', true, 'failClosed'],
  ] as const)('comes to the same as with Dovecot, where failures are %s', async (_, rejectOnFail, mode) => {
    const server = watched(await startBehaving());
    const outcomes: Record<string, unknown> = {};
    const ask = async (name: string) => {
      // One client each: ten failures in a row, and a server is left alone.
      const { client } = clientOf(server.port, { rejectOnFail, timeout: 2000 });
      const verdict = await client.beforeAuth(factsOf(name), pass);
      outcomes[name] = { action: verdict.action, message: verdict.action === 'reject' ? verdict.message : null };
    };
    await Promise.all(Object.keys(behaviours).map(ask));
    const wanted = Object.entries(recorded).map(([name, said]) => [name, said[mode]] as const);
    expect(outcomes).toEqual(Object.fromEntries(wanted.map(withoutBrokenWords)));
  });

  it.each(Object.keys(deadlyBehaviours))('%s is no answer in time', async (name) => {
    const server = watched(await startBehaving());
    const { client, told } = clientOf(server.port);
    expect(await client.beforeAuth(factsOf(name), pass)).toEqual(failedOpen);
    expect(told).toMatchObject([{ details: { code: 'policy_late' } }]);
  });

  it.each([
    ['body', `HTTP/1.1 200 OK\r\n\r\n{"status":-1,"msg":"${'x'.repeat(200_000)}`, 'policy_answer'],
    ['header', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}`, 'policy_unreachable'],
    ['row of interim answers', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(10_000), 'policy_late'],
  ])('an endless %s is given up', async (_, text, code) => {
    const server = watched(await startPolicyServer((_request, socket) => void socket.write(text)));
    const { client, told } = clientOf(server.port);
    expect(await client.beforeAuth(factsOf('u'), pass)).toEqual(failedOpen);
    expect(told).toMatchObject([{ details: { code } }]);
  });

  it('nobody there is a failure like any other', async () => {
    const server = await startPolicyServer(always({ status: 0 }));
    await server.close();
    const { client, told } = clientOf(server.port);
    expect(await client.beforeAuth(factsOf('u'), pass)).toEqual(failedOpen);
    expect(told).toMatchObject([{ details: { code: 'policy_unreachable', what: 'ECONNREFUSED' } }]);
  });

  it('its words are obeyed, or only told', async () => {
    const server = watched(
      await startPolicyServer((_, socket) => void socket.write(http(200, '{"status":7,"r_attrs":{"rule":"slow"}}'))),
    );
    const tarpit = { action: 'tarpit', seconds: 7 };
    const { client } = clientOf(server.port);
    expect(await client.beforeAuth(factsOf('u'), pass)).toEqual({
      ...tarpit,
      rule: 'slow',
      source: 'server',
      ignored: null,
    });
    expect(await client.afterAuth(factsOf('u'), pass)).toEqual({ ...allowed, rule: 'slow', ignored: tarpit });
    const quiet = clientOf(server.port, { logOnly: true }).client;
    expect(await quiet.beforeAuth(factsOf('u'), pass)).toEqual({ ...allowed, rule: 'slow', ignored: tarpit });
  });

  it('checks that are off are not made', async () => {
    const server = watched(await startPolicyServer(always({ status: -1 })));
    const off = { checkBeforeAuth: false, checkAfterAuth: false, reportAfterAuth: false };
    const { client } = clientOf(server.port, off);
    const notAsked = { action: 'allow', rule: null, source: 'off', ignored: null };
    expect(await client.beforeAuth(factsOf('u'), pass)).toEqual(notAsked);
    expect(await client.afterAuth(factsOf('u'), pass)).toEqual(notAsked);
    client.report(factsOf('u'), pass, { success: true, policyReject: false, failType: null });
    await client.close();
    expect(server.requests).toEqual([]);
  });
});

describe('connections', () => {
  it('one is kept for questions that follow one another', async () => {
    const server = watched(await startPolicyServer(always({ status: 0 })));
    const { client } = clientOf(server.port);
    for (let at = 0; at < 20; at++) expect(await client.beforeAuth(factsOf('u'), pass)).toEqual(allowed);
    expect(server.connections()).toBe(1);
  });

  it('one that was closed while the next question was on its way is made again', async () => {
    let answered = 0;
    const server = watched(
      await startPolicyServer((_, socket) => {
        // Each connection is good for one answer, which does not say so; the next question finds it closed.
        if (server.connections() > answered) {
          answered = server.connections();
          socket.write(http(200, '{"status":0}'));
        } else socket.resetAndDestroy();
      }),
    );
    const { client } = clientOf(server.port);
    for (let at = 0; at < 5; at++) {
      expect(await client.beforeAuth(factsOf('u'), pass)).toEqual(allowed);
      // Until the connection is back among those that are kept.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(server.requests.length).toBeGreaterThan(5);
  });

  it('a fresh one that is closed without an answer is not made again', async () => {
    const server = watched(await startPolicyServer((_, socket) => void socket.resetAndDestroy()));
    const { client } = clientOf(server.port);
    expect(await client.beforeAuth(factsOf('u'), pass)).toEqual(failedOpen);
    expect(server.requests).toHaveLength(1);
  });

  it('a hundred at a time, and a thousand questions that wait; more are not asked', async () => {
    const held: Socket[] = [];
    let isHolding = true;
    const server = watched(
      await startPolicyServer((_, socket) => {
        held.push(socket);
        if (held.length < 100 && isHolding) return;
        isHolding = false;
        for (const one of held.splice(0)) one.write(http(200, '{"status":0}'));
      }),
    );
    const { client, told } = clientOf(server.port, { timeout: 60_000 });
    const verdicts = await Promise.all(Array.from({ length: 1500 }, () => client.beforeAuth(factsOf('u'), pass)));
    expect(verdicts.slice(0, 1000)).toEqual(Array.from({ length: 1000 }, () => allowed));
    expect(verdicts.slice(1000)).toEqual(Array.from({ length: 500 }, () => failedOpen));
    expect(server.connections()).toBe(100);
    expect(server.requests).toHaveLength(1000);
    expect(client.counts).toMatchObject({ asked: 1500, failed: 500 });
    expect(told).toMatchObject([{ details: { code: 'policy_overloaded' } }]);
  });
});

describe('a server that stalls all the time', () => {
  it('is left alone after ten questions, and asked again when its time is over', async () => {
    let isStalling = true;
    const server = watched(
      await startPolicyServer((_, socket) => void (isStalling || socket.write(http(200, '{"status":0}')))),
    );
    const { client, told, clock } = clientOf(server.port, { timeout: 30 });
    for (let at = 0; at < 15; at++) expect(await client.beforeAuth(factsOf('u'), pass)).toEqual(failedOpen);
    expect(server.requests).toHaveLength(10);
    isStalling = false;
    clock.now += 9_999;
    expect(await client.beforeAuth(factsOf('u'), pass)).toEqual(failedOpen);
    expect(server.requests).toHaveLength(10);
    clock.now += 1;
    expect(await client.beforeAuth(factsOf('u'), pass)).toEqual(allowed);
    expect(await client.beforeAuth(factsOf('u'), pass)).toEqual(allowed);
    expect(told.map(({ message }) => message)).toEqual([
      'the policy server did not answer as it should',
      'the policy server is left alone for a while',
      'the policy server answers again',
    ]);
  });

  it('costs a login no more than its deadline', async () => {
    const server = watched(await startPolicyServer(() => {}));
    const { client } = clientOf(server.port, { timeout: 100 });
    const first = await Promise.race([
      Promise.all(Array.from({ length: 300 }, () => client.beforeAuth(factsOf('u'), pass))),
      pause(30_000, 'late', { ref: false }),
    ]);
    expect(first).not.toBe('late');
  });
});

describe('reports', () => {
  const end = { success: false, policyReject: false, failType: 'credentials' } as const;

  it('are sent beside the login, and on closing', async () => {
    const server = watched(await startPolicyServer(always({ status: -1 })));
    const { client } = clientOf(server.port, { timeout: 5000 });
    for (let at = 0; at < 50; at++) client.report(factsOf(`u${at}`), pass, end);
    await client.close();
    expect(server.requests.map(({ line }) => line)).toEqual(
      Array.from({ length: 50 }, () => 'POST /?command=report HTTP/1.1'),
    );
    expect(JSON.parse(server.requests[0]!.body)).toMatchObject({ fail_type: 'credentials', success: false });
    expect(client.counts.reports).toEqual({ waiting: 0, dropped: 0, lost: 0 });
  });

  it('leave the connections to the questions, and are dropped where too many wait', async () => {
    const server = watched(
      await startPolicyServer((request, socket) => {
        if (request.line.includes('allow')) socket.write(http(200, '{"status":0}'));
      }),
    );
    const { client, told } = clientOf(server.port, { timeout: 60_000 });
    for (let at = 0; at < 1100; at++) client.report(factsOf('u'), pass, end);
    expect(await client.beforeAuth(factsOf('u'), pass)).toEqual(allowed);
    expect(client.counts.reports).toEqual({ waiting: 1010, dropped: 90, lost: 0 });
    expect(told).toMatchObject([{ message: 'reports to the policy server were dropped', details: { times: 1 } }]);
    await server.close();
  });

  it('never hold a process that closes', async () => {
    const server = watched(await startPolicyServer(() => {}));
    const { client } = clientOf(server.port, { timeout: 50 });
    for (let at = 0; at < 100; at++) client.report(factsOf('u'), pass, end);
    await client.close();
    expect(await client.beforeAuth(factsOf('u'), pass)).toEqual(failedOpen);
  });
});

describe('https', () => {
  const certificate = opensslIsThere ? selfSigned('policy.example.org', 'DNS:policy.example.org') : null;
  const startTls = () => startPolicyServer(always({ status: -1, msg: 'in secret' }), createTlsServer(certificate!));
  const urlOf = (port: number) => ({ url: `https://127.0.0.1:${port}/` });

  it.skipIf(!opensslIsThere)(`is spoken with a server whose certificate is right (${OPENSSL_ABSENT})`, async () => {
    const server = watched(await startTls());
    const ca = certificate!.cert.toString();
    const right = { ...urlOf(server.port), ca, serverName: 'policy.example.org', timeout: 5000 };
    const { client } = clientOf(server.port, right);
    expect(await client.beforeAuth(factsOf('u'), pass)).toMatchObject({ action: 'reject', message: 'in secret' });
  });

  it.skipIf(!opensslIsThere).each([
    ['of an unknown authority', { serverName: 'policy.example.org' }],
    ['for another name', { ca: certificate?.cert.toString() ?? null, serverName: 'other.example.org' }],
    ['for no address', { ca: certificate?.cert.toString() ?? null }],
  ])(`is not spoken with one %s (${OPENSSL_ABSENT})`, async (_, options) => {
    const server = watched(await startTls());
    const { client, told } = clientOf(server.port, { ...urlOf(server.port), ...options, timeout: 5000 });
    expect(await client.beforeAuth(factsOf('u'), pass)).toEqual(failedOpen);
    expect(told).toMatchObject([{ details: { code: 'policy_unreachable' } }]);
    expect(server.requests).toEqual([]);
  });
});

describe('in a proxy', () => {
  it.each([
    ['a good login', 'succeeded', { status: 0 }, ['allow', 'allow', 'report'], 'backend'],
    ['a wrong password', 'failed', { status: 0 }, ['allow', 'report'], 'backend'],
    ['a refused login', 'succeeded', { status: -1 }, ['allow', 'report'], 'policy'],
  ] as const)('%s is asked about and reported', async (_, outcome, answer, commands, by) => {
    const server = watched(await startPolicyServer(always(answer)));
    const { client } = clientOf(server.port, { timeout: 10_000 });
    const attempt = {
      login: () => factsOf('u'),
      password: pass,
      signal: new AbortController().signal,
      authenticate: async () => ({ outcome }),
    };
    expect((await decideLogin(client, new Tarpits(1), attempt)).by).toBe(by);
    await client.close();
    expect(server.requests.map(({ line }) => /command=(\w+)/.exec(line)![1])).toEqual(commands);
  });
});

describe('settings that cannot be', () => {
  it.each([
    ['server_url', { url: 'ftp://policy.example.org/' }],
    ['server_api_header', { apiHeader: 'a b: c' }],
    ['hash_nonce', { nonce: '' }],
    ['hash_mech', { hashMechanism: 'crypt' }],
    ['login', { attributes: { login: '%{password}' } }],
    ['ca', { url: 'https://policy.example.org/', ca: 'a file name' }],
    ['ca', { url: 'https://h/', ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }],
  ])('%s: %j', (field, options) => {
    expect(() => clientOf(80, options)).toThrow(expect.objectContaining({ code: 'policy_setting', field }));
  });
});

describe('secrets', () => {
  it('no notice has the key, the password of the URL, or the client’s', async () => {
    const server = watched(await startPolicyServer((_, socket) => void socket.write(http(500, 'hunter2'))));
    const { client, told } = clientOf(server.port, {
      url: `http://user:hunter2@127.0.0.1:${server.port}/a?key=hunter2&`,
      apiHeader: 'X-Key: hunter2',
      nonce: 'hunter2',
    });
    for (let at = 0; at < 12; at++) await client.beforeAuth(factsOf('hunter2'), Buffer.from('hunter2'));
    expect(told.length).toBeGreaterThan(1);
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });

  it('a password may be overwritten as soon as the question is asked', async () => {
    const server = watched(await startPolicyServer(always({ status: 0 })));
    const { client } = clientOf(server.port, { nonce: 'testnonce' });
    const password = Buffer.from('pass');
    const verdict = client.beforeAuth(factsOf('u'), password);
    password.fill(0);
    await verdict;
    // Dovecot's vector.
    expect(JSON.parse(server.requests[0]!.body)).toMatchObject({ login: 'u', pwhash: '0087' });
  });
});
