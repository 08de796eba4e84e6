import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../../src/model/index.js';
import type { HistoryQuestions } from '../../../../src/policy/history/questions.js';
import type { PolicyLogin } from '../../../../src/policy/login.js';
import { type Conditions, compileRules, matchRule, type Rule } from '../../../../src/policy/rules/index.js';
import { mutt } from '../../../harness/observation.js';
import {
  pastWith,
  policyLogin,
  recognitionOf,
  ruleWhen,
  SUNDAY_NOON,
  unseenClient,
} from '../../../harness/policy/rules.js';

function found(rule: Rule, login: PolicyLogin, history: HistoryQuestions = pastWith()): readonly Evidence[] | null {
  const [compiled] = compileRules([rule]);
  return matchRule(compiled!, login, 'u0', history);
}

const fits = (when: Conditions, login: Partial<PolicyLogin> = {}, history?: HistoryQuestions): boolean =>
  found(ruleWhen(when), policyLogin(login), history) !== null;

const minutes = (hours: number, rest = 0) => hours * 60 + rest;

describe('conditions on what was told', () => {
  it.each<[Conditions, Partial<PolicyLogin>, boolean]>([
    [{}, {}, true],
    [{ fingerprint: [mutt.ja3Hash] }, {}, true],
    [{ fingerprint: [mutt.sslJa3Hash] }, {}, true],
    [{ fingerprint: ['057c033f10e316133547683bcfc46c9c'] }, {}, true],
    [{ fingerprint: ['t13d2913ap_000000000001_000000000002'] }, {}, true],
    [{ fingerprint: ['00000000000000000000000000000000'] }, {}, false],
    [{ fingerprint: [mutt.ja3Hash] }, unseenClient, false],
    [{ hasFingerprint: true }, {}, true],
    [{ hasFingerprint: true }, unseenClient, false],
    [{ hasFingerprint: false }, unseenClient, true],
    [{ user: ['ALICE@*'] }, {}, true],
    [{ user: ['bob@*', '*@example.org'] }, {}, true],
    [{ user: ['alice'] }, {}, false],
    [{ user: ['*'] }, { user: null }, false],
    [{ user: ['a*'] }, { user: 'a'.repeat(257) }, false],
    [{ network: ['192.0.2.0/24'] }, {}, true],
    [{ network: ['192.0.2.8', '2001:db8::/32'] }, {}, false],
    [{ network: ['2001:db8::/32'] }, { remote: '2001:db8:ffff::1' }, true],
    [{ network: ['0.0.0.0/0', '::/0'] }, { remote: null }, false],
    [{ protocol: ['pop3', 'IMAP'] }, {}, true],
    [{ protocol: ['sieve'] }, {}, false],
    [{ port: [143, 993] }, {}, true],
    [{ port: [993] }, { port: null }, false],
    [{ sni: ['*.example.org'] }, {}, true],
    [{ sni: [null] }, {}, false],
    [{ sni: [null, 'x'] }, { sni: null }, true],
    [{ sni: ['*'] }, { sni: null }, false],
    [{ mechanism: ['login', 'plain'] }, {}, true],
    [{ mechanism: ['LOGIN'] }, { mechanism: null }, false],
    [{ tls: false }, {}, false],
    [{ tls: false }, { tls: false }, true],
    [{ tlsVersion: ['TLSv1.2', 'TLSv1.3'] }, {}, true],
    [{ tlsVersion: ['TLSv1.3'] }, { tlsVersion: null }, false],
    [{ protocol: ['imap'], port: [995] }, {}, false],
  ])('%j holds for a login with %j: %s', (when, login, expected) => {
    expect(fits(when, login)).toBe(expected);
  });

  it('says what was found, and of people and their addresses only that it was', () => {
    const when = { user: ['alice*'], network: ['192.0.2.7'], sni: ['imap.*'], fingerprint: [mutt.ja3Hash] };
    expect(found(ruleWhen(when), policyLogin())).toEqual([
      { condition: 'fingerprint', found: mutt.ja3Hash, numbers: {} },
      { condition: 'user', found: true, numbers: {} },
      { condition: 'sni', found: 'imap.example.org', numbers: {} },
      { condition: 'network', found: true, numbers: {} },
    ]);
  });
});

describe('time', () => {
  const at = (day: number, hours: number, rest = 0) => ({ time: Date.UTC(2026, 10, day, hours, rest) });
  const night = { from: minutes(22), to: minutes(6) };

  it.each([
    ['a day', { days: [0], between: null, utcOffset: 0 }, at(22, 0), true],
    ['another day', { days: [1, 2], between: null, utcOffset: 0 }, at(22, 23, 59), false],
    ['a day further east', { days: [1], between: null, utcOffset: 60 }, at(22, 23, 30), true],
    ['a day further west', { days: [6], between: null, utcOffset: -300 }, at(22, 4, 30), true],
    ['hours', { days: [], between: { from: minutes(9), to: minutes(17) }, utcOffset: 0 }, at(22, 9), true],
    ['their end', { days: [], between: { from: minutes(9), to: minutes(17) }, utcOffset: 0 }, at(22, 17), false],
    ['a night, before midnight', { days: [5], between: night, utcOffset: 0 }, at(20, 22), true],
    ['the same night, after it', { days: [5], between: night, utcOffset: 0 }, at(21, 5, 59), true],
    ['the night before', { days: [5], between: night, utcOffset: 0 }, at(20, 5, 59), false],
    ['from Saturday into Sunday', { days: [6], between: night, utcOffset: 0 }, at(22, 1), true],
    ['noon, for a night', { days: [], between: night, utcOffset: 0 }, at(22, 12), false],
    ['round the clock', { days: [], between: { from: 60, to: 60 }, utcOffset: 0 }, at(22, 0, 30), true],
  ])('%s', (_name, time, login, expected) => {
    expect(fits({ time }, login)).toBe(expected);
  });

  it('is told by the clock of the rules', () => {
    const time = { days: [], between: null, utcOffset: 330 };
    expect(found(ruleWhen({ time }), policyLogin())).toEqual([{ condition: 'time', found: 'Sun 17:30', numbers: {} }]);
  });
});

describe('conditions on who it is', () => {
  const recognized = (...args: Parameters<typeof recognitionOf>) => ({
    client: { device: 'd0', aliases: [], recognition: recognitionOf(...args) },
  });
  const half = [
    { client: 'hydra', share: 0.5, kind: 'audit tool' },
    { client: 'python3-mail', share: 0.5, kind: 'library' },
  ];

  it.each<[string, Conditions, Partial<PolicyLogin>, boolean]>([
    ['half of the shares', { client: ['hydra'] }, recognized(half), true],
    [
      'less than half',
      { client: ['HYDRA'] },
      recognized([
        { client: 'hydra', share: 0.49 },
        { client: 'x', share: 0.51 },
      ]),
      false,
    ],
    [
      'several together',
      { client: ['a', 'b'] },
      recognized([1, 2, 3, 4].map((n) => ({ client: ' ab'[n] ?? 'c', share: 0.25 }))),
      true,
    ],
    ['thirds', { client: ['a*'] }, recognized(['a1', 'a2', 'b'].map((client) => ({ client, share: 1 / 3 }))), true],
    [
      'sixths that make a half',
      { client: ['a*'] },
      recognized(['a1', 'a2', 'a3', 'b', 'c', 'd'].map((client) => ({ client, share: 1 / 6 }))),
      true,
    ],
    ['the rung unordered', { client: ['hydra'] }, recognized(half, { rung: 'unordered' }), true],
    ['the rung stack', { client: ['hydra'] }, recognized(half, { rung: 'stack' }), false],
    ['the rung nearest', { kind: ['library'] }, recognized(half, { rung: 'nearest' }), false],
    ['a kind', { kind: ['Audit Tool'] }, recognized(half), true],
    ['another kind', { kind: ['malware'] }, recognized(half), false],
    ['no recognition', { client: ['*'] }, {}, false],
    ['a family', { family: ['gnutls', 'OPENSSL'] }, recognized(half, { rung: 'nearest' }), true],
    ['another family', { family: ['Go'] }, recognized(half), false],
    ['no family', { family: ['OpenSSL'] }, recognized(half, { family: null }), false],
    ['a rung', { rung: ['stack', 'nearest'] }, recognized(half, { rung: 'stack' }), true],
    ['another rung', { rung: ['ja3'] }, recognized(half, { rung: 'ja4' }), false],
    ['no rung', { rung: ['none'] }, {}, false],
  ])('%s', (_name, when, login, expected) => {
    expect(fits(when, login)).toBe(expected);
  });

  it('says whom, on which rung, with how much of the shares', () => {
    const login = policyLogin(recognized(half, { rung: 'situational', score: 0.987, confidence: 0.731 }));
    expect(found(ruleWhen({ client: ['hy*'] }), login)).toEqual([
      {
        condition: 'client',
        found: 'hydra (situational)',
        numbers: { share: 0.5, labels: 2, score: 0.99, confidence: 0.73 },
      },
    ]);
  });
});

describe('contradiction', () => {
  const seen = (name: string | null, family: string | null, rung: 'ja3' | 'stack' | 'nearest' = 'ja3') => ({
    clientId:
      name === null
        ? null
        : ([
            ['version', '1'],
            ['NAME', name],
          ] as const),
    client: { device: 'd0', aliases: [], recognition: recognitionOf([{ client: 'x', share: 1 }], { family, rung }) },
  });

  it.each([
    ['Thunderbird', 'Go', 'ja3', true],
    ['thunderbird', 'NSS', 'ja3', false],
    ['iPhone Mail', 'OpenSSL', 'stack', true],
    ['Mutt', 'GnuTLS', 'stack', false],
    ['Mutt', 'OpenSSL', 'ja3', false],
    // A likeness proves nothing, and a name nobody knows says nothing.
    ['Thunderbird', 'Go', 'nearest', null],
    ['Somebody Mail', 'Go', 'ja3', null],
    ['Thunderbird', null, 'ja3', null],
    [null, 'Go', 'ja3', null],
  ] as const)('of %s with %s on %s: %s', (name, family, rung, expected) => {
    const login = seen(name, family, rung);
    expect(fits({ contradiction: true }, login)).toBe(expected === true);
    expect(fits({ contradiction: false }, login)).toBe(expected === false);
  });

  it('says what contradicts what', () => {
    expect(found(ruleWhen({ contradiction: true }), policyLogin(seen('Thunderbird', 'Go', 'stack')))).toEqual([
      { condition: 'contradiction', found: 'Thunderbird: Go (stack)', numbers: { score: 1 } },
    ]);
  });
});

describe('conditions on the past', () => {
  const familiar = (logins: number, same: number, learned: boolean) => ({ logins, days: 20.123, same, learned });

  it.each([
    ['a new one', familiar(40, 0, true), true, false],
    ['a known one', familiar(40, 3, true), false, true],
    ['a user nobody knows yet', familiar(1, 0, false), false, false],
    ['a known one of a new user', familiar(2, 1, false), false, true],
    ['nothing told', null, false, false],
  ])('%s', (_name, familiarity, isNew, isKnown) => {
    for (const [name, history] of [
      ['newClient', pastWith({ client: () => familiarity })],
      ['newNetwork', pastWith({ network: () => familiarity })],
    ] as const) {
      expect(fits({ [name]: true }, {}, history)).toBe(isNew);
      expect(fits({ [name]: false }, {}, history)).toBe(isKnown);
    }
  });

  it.each([
    [{ succeeded: 0, failed: 10 }, true],
    [{ succeeded: 0, failed: 9 }, false],
    [{ succeeded: 1, failed: 1000 }, false],
    [null, false],
  ])('never succeeded, of %j: %s', (totals, expected) => {
    expect(fits({ neverSucceeded: { failures: 10 } }, {}, pastWith({ totals: () => totals }))).toBe(expected);
  });

  const perFingerprint = { count: 'failed_users', per: ['fingerprint'], window: 600, atLeast: 15 } as const;

  it.each([
    [null, 15, null, true],
    [null, 14, null, false],
    [4, 15, 3, true],
    [4, 60, 15, true],
    [4, 59, 15, false],
    // Not learned yet: nobody who shares a common fingerprint is held to a number alone.
    [4, 1000, null, false],
    [4, 14, 0, false],
  ])('a count, times usual %s: %s against %s usual: %s', (timesUsual, count, usual, expected) => {
    const history = pastWith({ count: () => ({ count, usual }) });
    expect(fits({ counts: [{ ...perFingerprint, timesUsual }] }, {}, history)).toBe(expected);
  });

  it('asks with the user key, the device and the address, and says what the count was held against', () => {
    const asked: unknown[] = [];
    const history = pastWith({
      count: (spec, login) => {
        asked.push(spec, login);
        return { count: 61, usual: 15 };
      },
    });
    const rule = ruleWhen({ counts: [{ ...perFingerprint, timesUsual: 4 }] });
    expect(found(rule, policyLogin(), history)).toEqual([
      {
        condition: 'failed_users',
        found: 61,
        numbers: { at_least: 15, window: 600, usual: 15, times_usual: 4 },
      },
    ]);
    expect(asked).toEqual([
      { count: 'failed_users', per: ['fingerprint'], window: 600, usual: true },
      { time: SUNDAY_NOON, userKey: 'u0', device: 'd0', aliases: [], remote: '192.0.2.7' },
    ]);
  });

  it('needs all counts', () => {
    const history = pastWith({ count: ({ window }) => ({ count: window, usual: null }) });
    const counts = [600, 60].map((window) => ({ ...perFingerprint, window, atLeast: 100, timesUsual: null }));
    expect(fits({ counts }, {}, history)).toBe(false);
    expect(fits({ counts: counts.slice(0, 1) }, {}, history)).toBe(true);
  });
});

describe('exemptions', () => {
  it.each([
    ['one that fits', [{ port: [143] }, { network: ['192.0.2.0/24'] }], false],
    ['one of which only a part fits', [{ network: ['192.0.2.0/24'], port: [143] }], true],
    ['one that the history answers', [{ newClient: false }], false],
  ])('%s', (_name, unless, expected) => {
    const history = pastWith({ client: () => ({ logins: 9, days: 30, same: 9, learned: true }) });
    expect(found(ruleWhen({ tls: true }, { unless }), policyLogin(), history) !== null).toBe(expected);
  });

  it('asks the past of nobody who is exempt, or whom the rule is not about', () => {
    const refuse = () => {
      throw new Error('asked');
    };
    const history = pastWith({ client: refuse, totals: refuse, count: refuse });
    const past: Conditions = { newClient: true, neverSucceeded: { failures: 1 } };
    expect(found(ruleWhen({ ...past, port: [25] }), policyLogin(), history)).toBeNull();
    const exempt = ruleWhen(past, { unless: [past, { port: [993] }] });
    expect(found(exempt, policyLogin(), history)).toBeNull();
    expect(() => found(ruleWhen(past), policyLogin(), history)).toThrow('asked');
  });
});
