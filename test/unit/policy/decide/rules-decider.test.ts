import { afterEach, describe, expect, it, vi } from 'vitest';
import { MAX_ATTEMPT_AGE, MAX_ATTEMPT_TEXT, MAX_ATTEMPTS, MAX_BATCH } from '../../../../src/policy/decide/limits.js';
import type { RuleAction } from '../../../../src/policy/rules/index.js';
import { OpenDecider } from '../../../harness/policy/decider.js';
import { policyLogin, ruleWhen, SUNDAY_NOON } from '../../../harness/policy/rules.js';

const tarpit = (seconds: number): RuleAction => ({ action: 'tarpit', seconds });
const reject = (message: string | null): RuleAction => ({ action: 'reject', message });
const log: RuleAction = { action: 'log' };

const good = { success: true, policyReject: false, failType: null };
const wrong = { success: false, policyReject: false, failType: 'credentials' };
const refused = { success: false, policyReject: true, failType: 'policy' };

describe('what is said', () => {
  it.each([
    ['log', log, true, 30, { action: 'allow', ignored: null }],
    ['log, not enforced', log, false, 30, { action: 'allow', ignored: null }],
    ['tarpit', tarpit(5), true, 30, { action: 'tarpit', seconds: 5, ignored: null }],
    ['a long tarpit', tarpit(600), true, 30, { action: 'tarpit', seconds: 30, ignored: null }],
    ['a tarpit where none is allowed', tarpit(5), true, 0, { action: 'allow', ignored: tarpit(5) }],
    ['tarpit, not enforced', tarpit(600), false, 30, { action: 'allow', ignored: tarpit(30) }],
    ['reject', reject('Not you.'), true, 30, { action: 'reject', message: 'Not you.', ignored: null }],
    ['reject, not enforced', reject('Not you.'), false, 30, { action: 'allow', ignored: reject('Not you.') }],
  ])('%s', (_name, action, enforce, maxTarpit, verdict) => {
    const rules = [ruleWhen({ port: [993] }, { name: 'mine', action, enforce })];
    const { decider } = new OpenDecider({ rules, maxTarpit });
    expect(decider.decide(policyLogin())).toEqual({
      verdict: { ...verdict, rule: 'mine', source: 'rules' },
      evidence: [{ condition: 'port', found: 993, numbers: {} }],
    });
    decider.close();
  });

  it('is nothing where no rule fits', () => {
    const { decider } = new OpenDecider({ rules: [ruleWhen({ port: [143] })] });
    expect(decider.decide(policyLogin())).toEqual({
      verdict: { action: 'allow', rule: null, source: 'rules', ignored: null },
      evidence: [],
    });
    decider.close();
  });

  it('is asked of the past under the user key, never the name', () => {
    const asked: unknown[] = [];
    const client = (login: unknown) => {
      asked.push(login);
      return null;
    };
    const { decider } = new OpenDecider({ rules: [ruleWhen({ newClient: true })] }, { history: { client } });
    const seen = { device: 'd0', aliases: ['d00'], recognition: null };
    decider.decide(policyLogin({ user: 'Alice', client: seen }));
    expect(asked).toEqual([
      { time: SUNDAY_NOON, userKey: 'key of alice', device: 'd0', aliases: ['d00'], remote: '192.0.2.7' },
    ]);
    decider.close();
  });
});

describe('what is kept', () => {
  it('is one row of the question before, the question after and the report, with what was done', () => {
    const open = new OpenDecider({ rules: [ruleWhen({ port: [993] }, { action: tarpit(3) })] });
    open.decider.decide(policyLogin());
    open.decider.decide(policyLogin({ time: SUNDAY_NOON + 3000 }));
    expect(open.heard).toEqual([]);
    open.decider.report(policyLogin({ time: SUNDAY_NOON + 3100, tlsVersion: 'TLSv1.2' }), good);
    const { time, views, ...rest } = policyLogin({ tlsVersion: 'TLSv1.2' });
    const { session, remote, protocol, port, sni, mechanism, tls, tlsVersion, clientId } = rest;
    expect(open.heard).toEqual([
      {
        time,
        session,
        remote,
        protocol,
        port,
        sni,
        mechanism,
        tls,
        tlsVersion,
        clientId,
        views,
        userKey: 'key of alice@example.org',
        device: 'd0',
        outcome: 'succeeded',
        effect: { action: 'tarpit', seconds: 3 },
        ignored: null,
        source: 'rules',
        rule: 'r',
        evidence: [{ condition: 'port', found: 993, numbers: {} }],
      },
    ]);
    expect(open.counted).toEqual([
      {
        login: { time, userKey: 'key of alice@example.org', device: 'd0', remote: '192.0.2.7' },
        outcome: 'succeeded',
      },
    ]);
    open.decider.close();
  });

  it.each([
    // The first question asks nothing of TLS version 1.3, the second does.
    ['the second refuses', tarpit(3), reject(null), { effect: reject(null), ignored: null }],
    [
      'the second would make wait, which comes too late',
      log,
      tarpit(3),
      { effect: { action: 'allow' }, ignored: tarpit(3) },
    ],
    ['the first made wait', tarpit(3), log, { effect: tarpit(3), ignored: null }],
  ])('of two questions is what weighs more: %s', (_name, first, second, expected) => {
    const rules = [
      ruleWhen({ tlsVersion: ['TLSv1.3'] }, { name: 'second', action: second }),
      ruleWhen({}, { name: 'first', action: first }),
    ];
    const open = new OpenDecider({ rules });
    open.decider.decide(policyLogin({ tlsVersion: null }));
    open.decider.decide(policyLogin());
    open.decider.report(policyLogin(), good);
    expect(open.heard).toEqual([expect.objectContaining(expected)]);
    open.decider.close();
  });

  it('is a row for each attempt of one session', () => {
    const open = new OpenDecider();
    for (const report of [wrong, wrong, good]) {
      open.now += 1000;
      open.decider.decide(policyLogin({ time: open.now }));
      open.decider.report(policyLogin({ time: open.now }), report);
    }
    expect(open.heard.map(({ outcome, time }) => [outcome, time - SUNDAY_NOON])).toEqual([
      ['failed', 1000],
      ['failed', 2000],
      ['succeeded', 3000],
    ]);
    expect(open.counted.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'succeeded']);
    open.decider.close();
  });

  it('counts a refused login once, as refused, when its report comes', () => {
    const open = new OpenDecider({ rules: [ruleWhen({})] });
    open.decider.decide(policyLogin());
    expect(open.counted).toEqual([]);
    open.decider.report(policyLogin(), refused);
    expect(open.counted.map(({ outcome }) => outcome)).toEqual(['refused']);
    expect(open.heard.map(({ outcome, effect }) => [outcome, effect.action])).toEqual([['refused', 'reject']]);
    open.decider.close();
  });

  it("does not count the server's own failures", () => {
    const open = new OpenDecider();
    open.decider.report(policyLogin(), { success: false, policyReject: false, failType: 'internal' });
    expect(open.counted).toEqual([]);
    expect(open.heard.map(({ outcome }) => outcome)).toEqual(['none']);
    open.decider.close();
  });

  it('is, of a report without a question, what would have been said', () => {
    const open = new OpenDecider({ rules: [ruleWhen({}, { name: 'mine', action: reject('No.') })] });
    open.decider.report(policyLogin(), good);
    expect(open.heard).toEqual([
      expect.objectContaining({
        effect: { action: 'allow' },
        ignored: reject('No.'),
        rule: 'mine',
        source: 'rules',
        outcome: 'succeeded',
      }),
    ]);
    open.decider.close();
  });

  it('knows of the client what either question or report tells', () => {
    const open = new OpenDecider();
    open.decider.decide(policyLogin());
    const nothing = { ja3: null, ja3n: null, sslJa3: null, ja4: null };
    open.decider.report(
      policyLogin({ views: nothing, client: { device: null, aliases: [], recognition: null } }),
      good,
    );
    expect(open.heard).toEqual([expect.objectContaining({ device: 'd0', views: policyLogin().views })]);
    expect(open.counted).toEqual([expect.objectContaining({ login: expect.objectContaining({ device: 'd0' }) })]);
    open.decider.close();
  });

  it('tells attempts without a session apart by address, client and user', () => {
    const open = new OpenDecider();
    const logins = [{ remote: '192.0.2.7' }, { remote: '192.0.2.8' }, { user: 'bob' }, { user: null }].map((changes) =>
      policyLogin({ session: null, ...changes }),
    );
    for (const login of logins) open.decider.decide(login);
    for (const login of logins) open.decider.report(login, good);
    expect(open.heard).toHaveLength(4);
    open.decider.close();
    expect(open.heard).toHaveLength(4);
  });

  it('is nothing without a book, and all is counted the same', () => {
    const open = new OpenDecider({}, { keepsBook: false });
    open.decider.report(policyLogin(), good);
    open.decider.close();
    expect(open.counted).toHaveLength(1);
    expect(open.batches).toEqual([]);
  });
});

describe('logins whose report does not come', () => {
  it('are written once they are too old, with no outcome', () => {
    const open = new OpenDecider();
    open.decider.decide(policyLogin());
    open.now += MAX_ATTEMPT_AGE - 1;
    expect(open.heard).toEqual([]);
    open.now += 1;
    expect(open.heard.map(({ outcome }) => outcome)).toEqual([null]);
    expect(open.counted).toEqual([]);
    open.decider.close();
    expect(open.heard).toHaveLength(1);
  });

  it('are written where too many wait, the oldest first', () => {
    const open = new OpenDecider();
    for (let i = 0; i < MAX_ATTEMPTS + 3; i++) open.decider.decide(policyLogin({ session: `s${i}` }));
    expect(open.heard.map(({ session }) => session)).toEqual(['s0', 's1', 's2']);
    open.decider.close();
    expect(open.heard).toHaveLength(MAX_ATTEMPTS + 3);
  });

  it('are written where what they were told of their hellos is too long together, the oldest first', () => {
    const open = new OpenDecider();
    const string = 'x'.repeat(2 ** 20);
    const views = { ja3: { hash: 'a'.repeat(32), string }, ja3n: null, sslJa3: null, ja4: null };
    const most = MAX_ATTEMPT_TEXT / string.length;
    for (let i = 0; i < most + 1; i++) open.decider.decide(policyLogin({ session: `s${i}`, views }));
    expect(open.heard.map(({ session }) => session)).toEqual(['s0']);
    // One that is reported makes room again.
    open.decider.report(policyLogin({ session: 's1', views }), { success: true, policyReject: false, failType: null });
    open.decider.decide(policyLogin({ session: 'next', views }));
    expect(open.heard.map(({ session }) => session)).toEqual(['s0', 's1']);
    open.decider.close();
  });

  it('are all written at the end', () => {
    const open = new OpenDecider();
    for (const session of ['a', 'b']) open.decider.decide(policyLogin({ session }));
    open.decider.close();
    expect(open.batches.flatMap(({ heard }) => heard).map(({ session }) => session)).toEqual(['a', 'b']);
  });
});

describe('the book', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is handed small batches, at once where one is full', () => {
    const open = new OpenDecider();
    for (let i = 0; i < 2 * MAX_BATCH + 1; i++) open.decider.report(policyLogin({ session: `s${i}` }), good);
    expect(open.batches.map(({ heard }) => heard.length)).toEqual([MAX_BATCH, MAX_BATCH]);
    open.decider.close();
    expect(open.batches.map(({ heard }) => heard.length)).toEqual([MAX_BATCH, MAX_BATCH, 1]);
  });

  it('hears of what waits without being asked', () => {
    vi.useFakeTimers();
    const open = new OpenDecider();
    open.decider.report(policyLogin(), good);
    expect(open.batches).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(open.batches).toHaveLength(1);
    // Nothing is written where nothing was.
    vi.advanceTimersByTime(60_000);
    expect(open.batches).toHaveLength(1);
    open.decider.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('hears of all that has changed in the history, part after part', () => {
    const row = { device: 'd', firstSeen: 1, lastSeen: 1, succeeded: 1, failed: 0 };
    let parts = 5;
    const changes = () => ({ userClients: [], userNetworks: [], usual: [], devices: parts-- > 0 ? [row] : [] });
    const open = new OpenDecider({}, { history: { changes } });
    open.decider.close();
    expect(open.batches.flatMap(({ devices }) => devices)).toHaveLength(5);
  });
});
