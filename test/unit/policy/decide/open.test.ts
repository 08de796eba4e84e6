import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLabelFolder } from '../../../../src/lists/index.js';
import type { ToldViews } from '../../../../src/model/index.js';
import { type DecisionOptions, openDecider, type RulesDecider } from '../../../../src/policy/decide/index.js';
import type { PolicyLogin } from '../../../../src/policy/login.js';
import type { Rule } from '../../../../src/policy/rules/index.js';
import { deviceKeyOf, listsOfString, Recognizer, subjectOfString } from '../../../../src/recognize/index.js';
import { MemoryBook } from '../../../harness/policy/memory-book.js';
import { policyLogin, ruleWhen, SUNDAY_NOON } from '../../../harness/policy/rules.js';

const SECOND = 1000;
const DAY = 86_400 * SECOND;

const labels = readLabelFolder(fileURLToPath(new URL('../../../../db/labels/', import.meta.url)));
const recognizer = new Recognizer(labels);

/** The hello a shipped label was measured with, and what recognition says of it. */
function helloOf(client: string): Pick<PolicyLogin, 'views' | 'client'> {
  const label = labels.find((each) => each.client === client && each.view === 'ja3');
  if (label?.string == null) throw new Error(`no label of ${client}`);
  const views: ToldViews = { ja3: { string: label.string, hash: label.hash }, ja3n: null, sslJa3: null, ja4: null };
  const recognition = recognizer.recognize(subjectOfString(label.string));
  return { views, client: { device: deviceKeyOf(listsOfString(label.string)!), aliases: [], recognition } };
}

const good = { success: true, policyReject: false, failType: null };
const wrong = { success: false, policyReject: false, failType: 'credentials' };
const refused = { success: false, policyReject: true, failType: 'policy' };

const options = (rules: readonly Rule[]): DecisionOptions => ({
  rules,
  learning: { logins: 3, days: 2 },
  maxTarpit: 30,
  limits: {
    users: 1000,
    clientsPerUser: 10,
    networksPerUser: 10,
    devices: 1000,
    keysPerCounter: 1000,
    usersPerCount: 100,
    days: 90,
  },
});

/** A mail server's side of it, with a clock of its own. */
class Site {
  readonly book = new MemoryBook();
  now = SUNDAY_NOON;
  decider: RulesDecider;
  #sessions = 0;

  constructor(rules: readonly Rule[]) {
    this.decider = this.#open(rules);
  }

  /** Ends the process, and begins another one with what was written. */
  restart(rules: readonly Rule[]): void {
    this.decider.close();
    this.decider = this.#open(rules);
  }

  /** Asks before and after as a mail server does, and reports. @returns the rule that said something, at the first question that was told one */
  login(changes: Partial<PolicyLogin>, passwordIsRight: boolean): string | null {
    const login = policyLogin({ time: this.now, session: `s${this.#sessions++}`, ...changes });
    const { verdict } = this.decider.decide(login);
    if (verdict.action === 'reject') this.decider.report(login, refused);
    else if (!passwordIsRight) this.decider.report(login, wrong);
    else {
      const after = this.decider.decide(login).verdict;
      this.decider.report(login, after.action === 'reject' ? refused : good);
    }
    this.now += SECOND;
    return verdict.rule;
  }

  #open(rules: readonly Rule[]): RulesDecider {
    const ports = {
      userKey: (name: string) => createHash('md5').update(name.toLowerCase()).digest('hex'),
      identify: () => ({ device: null, aliases: [], recognition: null }),
      book: this.book,
      now: () => this.now,
    };
    return openDecider(options(rules), ports, this.book);
  }
}

let site: Site;
const at = (rules: readonly Rule[]) => {
  site.decider.close();
  site = new Site(rules);
};
beforeEach(() => {
  site = new Site([]);
});
afterEach(() => site.decider.close());

describe('hydra, whose hello is that of Python and others', () => {
  it('is not convicted by its name: it has too little of the shares', () => {
    const hydra = helloOf('hydra');
    expect(hydra.views.ja3?.hash).toBe(helloOf('python3-mail').views.ja3?.hash);
    at([ruleWhen({ client: ['hydra'] }, { name: 'hydra' }), ruleWhen({ kind: ['audit tool'] }, { name: 'tools' })]);
    expect(site.login(hydra, false)).toBeNull();
    // medusa shares its hello with one other program.
    at([ruleWhen({ client: ['medusa'] }, { name: 'medusa' })]);
    expect(site.login(helloOf('medusa'), false)).toBe('medusa');
  });

  it('is held with all it cannot be told from, but for those who are exempt', () => {
    const sharing = ['hydra', 'python3-mail', 'offlineimap', 'getmail'];
    const unless = [{ network: ['198.51.100.0/24'] }, { user: ['backup@*'], protocol: ['imap'] }];
    at([ruleWhen({ client: sharing, rung: ['ja3', 'ja4', 'ssl_ja3'] }, { name: 'shared', unless })]);
    const python = helloOf('python3-mail');
    expect(site.login(python, true)).toBe('shared');
    expect(site.login({ ...python, remote: '198.51.100.9' }, true)).toBeNull();
    expect(site.login({ ...python, user: 'backup@example.org' }, true)).toBeNull();
    expect(site.login({ ...python, user: 'backup@example.org', protocol: 'pop3' }, true)).toBe('shared');
  });

  it('is let in by an entry of the allow list, as whoever shares its fingerprint', () => {
    at([ruleWhen({ client: ['medusa'] }, { name: 'medusa' })]);
    const { views } = helloOf('swaks');
    const ja3 = views.ja3?.hash ?? null;
    site.decider.add({ list: 'allow', ip: null, login: null, ja3, expires: site.now / 1000 + 60, reason: 'tests' });
    expect(site.login(helloOf('medusa'), false)).toBe('allow list');
    site.now += 60 * SECOND;
    expect(site.login(helloOf('medusa'), false)).toBe('medusa');
  });
});

describe('with a history', () => {
  const takeOver = [ruleWhen({ newClient: true }, { name: 'new client', enforce: false })];
  const spray = [
    ruleWhen(
      { counts: [{ count: 'failed_users', per: ['fingerprint'], window: 600, atLeast: 5, timesUsual: null }] },
      { name: 'spray' },
    ),
  ];

  const learn = () => {
    for (let day = 0; day < 4; day++) {
      expect(site.login(helloOf('thunderbird'), true)).toBeNull();
      site.now += DAY;
    }
  };

  it.each(['in one process', 'after a restart'])('a take-over is told at its first login, %s', (when) => {
    at(takeOver);
    learn();
    if (when === 'after a restart') site.restart(takeOver);
    expect(site.login(helloOf('go'), false)).toBe('new client');
    expect(site.login(helloOf('go'), true)).toBe('new client');
    // What was only said did not keep it from becoming known.
    expect(site.login(helloOf('go'), true)).toBeNull();
    site.decider.flush();
    const told = site.book.heard().filter(({ rule }) => rule === 'new client');
    expect(told.map(({ outcome, effect, ignored }) => [outcome, effect.action, ignored?.action])).toEqual([
      ['failed', 'allow', 'reject'],
      ['succeeded', 'allow', 'reject'],
    ]);
    expect(told[0]?.evidence).toEqual([
      { condition: 'new_client', found: true, numbers: { logins: 4, days: expect.any(Number), same: 0 } },
    ]);
  });

  it.each(['in one process', 'after a restart'])('a spray is held, and stays held while it is refused, %s', (when) => {
    at(spray);
    const hydra = helloOf('hydra');
    const said: (string | null)[] = [];
    for (let i = 0; i < 40; i++) {
      if (i === 20 && when === 'after a restart') site.restart(spray);
      said.push(site.login({ ...hydra, user: `u${i}`, remote: `203.0.113.${i}` }, false));
      site.now += 59 * SECOND;
    }
    // Five users have failed, and then always those of the last ten minutes: the refused ones count.
    expect(said.slice(0, 5)).toEqual([null, null, null, null, null]);
    expect(new Set(said.slice(5))).toEqual(new Set(['spray']));
    expect(site.login(helloOf('thunderbird'), true)).toBeNull();
    site.now += 20 * 60 * SECOND;
    expect(site.login(hydra, true)).toBeNull();
  });

  it('goes by other rules without forgetting users', () => {
    learn();
    const ask = () => site.decider.decide(policyLogin({ time: site.now, ...helloOf('go') })).verdict.rule;
    expect(ask()).toBeNull();
    site.decider.change(options([...spray, ...takeOver]));
    expect(ask()).toBe('new client');
  });

  it('forgets a user on demand, and tells of one', () => {
    at(takeOver);
    learn();
    const key = { ip: null, login: 'Alice@example.org', ja3: null };
    expect(site.decider.stats(key).counts.user).toMatchObject({ logins: 4 });
    site.decider.reset(key);
    expect(site.login(helloOf('go'), true)).toBeNull();
    expect(site.decider.stats(key).counts.user).toMatchObject({ logins: 1 });
  });

  it("takes a hash that is no client's for nobody's, and not for its address", () => {
    const perAddress = { count: 'failures', per: ['address'], window: 600, atLeast: 5, timesUsual: null } as const;
    at([ruleWhen({ counts: [perAddress] }, { name: 'failing' })]);
    site.login(helloOf('hydra'), false);
    const strange = { ip: '192.0.2.7', login: null, ja3: '00000000000000000000000000000000' };
    site.decider.reset(strange);
    expect(site.decider.stats(strange).counts).toEqual({});
    const counts = { 'failures per address in 600 s': { count: 1 } };
    expect(site.decider.stats({ ...strange, ja3: null }).counts).toEqual(counts);
  });
});
