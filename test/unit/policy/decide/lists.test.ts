import { BlockList, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListEntry } from '../../../../src/model/index.js';
import { MAX_LISTED } from '../../../../src/policy/decide/limits.js';
import type { HistoryKey } from '../../../../src/policy/history/index.js';
import { mutt } from '../../../harness/observation.js';
import { OpenDecider } from '../../../harness/policy/decider.js';
import { policyLogin, ruleWhen, SUNDAY_NOON, unseenClient } from '../../../harness/policy/rules.js';
import { refusal } from '../../../harness/refusal.js';

const LATER = SUNDAY_NOON / 1000 + 3600;

const entry = (changes: Partial<ListEntry>): ListEntry => ({
  list: 'block',
  ip: null,
  login: null,
  ja3: null,
  expires: LATER,
  reason: 'a test',
  ...changes,
});

/** @param listed the only one */
const ofList = (list: 'allow' | 'block', found: string, listed: ListEntry | undefined) => ({
  verdict: {
    ...(list === 'allow' ? { action: 'allow' } : { action: 'reject', message: null }),
    rule: `${list} list`,
    source: 'list',
    ignored: null,
  },
  evidence: [{ condition: `${list}_list`, found, numbers: { expires: LATER } }],
  listed,
});

describe('entries', () => {
  it.each<[Partial<ListEntry>, string | null]>([
    [{ ip: '192.0.2.7' }, 'ip'],
    [{ ip: '192.0.2.7/32' }, 'ip'],
    [{ ip: '::ffff:192.0.2.7' }, 'ip'],
    [{ ip: '192.0.2.8' }, null],
    [{ ip: '192.0.2.99/24' }, 'ip'],
    [{ ip: '192.0.0.0/22' }, 'ip'],
    [{ ip: '192.0.4.0/22' }, null],
    [{ ip: '0.0.0.0/0' }, 'ip'],
    [{ ip: '::/0' }, null],
    [{ login: 'ALICE@example.org' }, 'login'],
    [{ login: 'alice' }, null],
    [{ ja3: mutt.ja3Hash }, 'ja3'],
    [{ ja3: mutt.sslJa3Hash.toUpperCase() }, 'ja3'],
    [{ ja3: '057c033f10e316133547683bcfc46c9c' }, null],
    [{ ip: '192.0.2.0/24', login: 'alice@example.org' }, 'ip+login'],
    [{ ip: '192.0.2.0/24', login: 'bob' }, null],
    [{ ip: '192.0.3.0/24', login: 'alice@example.org' }, null],
    [{ ip: '192.0.2.7', ja3: mutt.sslJa3Hash }, 'ip+ja3'],
    [{ ip: '192.0.2.8', ja3: mutt.sslJa3Hash }, null],
  ])('%j fits as %s', (changes, found) => {
    const { decider } = new OpenDecider();
    decider.add(entry(changes));
    const decision = decider.decide(policyLogin());
    if (found === null) expect(decision.verdict.source).toBe('rules');
    else expect(decision).toEqual(ofList('block', found, decider.listed('block')[0]));
    decider.close();
  });

  it('fit no login that does not tell what they are about', () => {
    const { decider } = new OpenDecider();
    for (const changes of [{ ip: '0.0.0.0/0' }, { login: '' }, { ja3: mutt.ja3Hash }]) decider.add(entry(changes));
    const login = policyLogin({ ...unseenClient, remote: null, user: null });
    expect(decider.decide(login).verdict.source).toBe('rules');
    decider.close();
  });

  it('go before rules, and the allow list before the block list', () => {
    const { decider } = new OpenDecider({ rules: [ruleWhen({}, { name: 'everybody' })] });
    expect(decider.decide(policyLogin()).verdict.rule).toBe('everybody');
    decider.add(entry({ ip: '192.0.2.7' }));
    expect(decider.decide(policyLogin())).toEqual(ofList('block', 'ip', entry({ ip: '192.0.2.7' })));
    const allowed = entry({ list: 'allow', ja3: mutt.ja3Hash });
    decider.add(allowed);
    expect(decider.decide(policyLogin())).toEqual(ofList('allow', 'ja3', allowed));
    decider.close();
  });

  it('run out', () => {
    const open = new OpenDecider();
    open.decider.add(entry({ ip: '192.0.2.7' }));
    open.now = LATER * 1000 - 1;
    expect(open.decider.decide(policyLogin()).verdict.source).toBe('list');
    open.now = LATER * 1000;
    expect(open.decider.decide(policyLogin()).verdict.source).toBe('rules');
    expect(open.decider.listed('block')).toEqual([]);
    expect(open.decider.remove('block', entry({ ip: '192.0.2.7' }))).toBe(false);
    open.decider.close();
  });

  it('come in the order they were added, and once under each key', () => {
    const open = new OpenDecider();
    for (const ip of ['192.0.2.1', '192.0.2.2/24']) open.decider.add(entry({ ip }));
    open.decider.add(entry({ list: 'allow', login: 'Bob' }));
    open.decider.add(entry({ ip: '192.0.2.1/32', reason: 'again' }));
    const [net, one] = [entry({ ip: '192.0.2.0/24' }), entry({ ip: '192.0.2.1', reason: 'again' })];
    expect(open.decider.listed('block')).toEqual([net, one]);
    expect(open.decider.listed('allow')).toEqual([entry({ list: 'allow', login: 'bob' })]);
    open.decider.close();
  });

  it.each([[{}], [{ ip: 'somewhere' }], [{ ip: '192.0.2.0/33', login: 'alice' }]])(
    'are none with the key %j',
    (changes) => {
      const { decider } = new OpenDecider();
      expect(refusal(() => decider.add(entry(changes)))).toEqual({
        code: 'policy_list_key',
        field: 'block_list',
        offset: 0,
      });
      expect(decider.remove('block', entry(changes))).toBe(false);
      expect(decider.listed('block')).toEqual([]);
      decider.close();
    },
  );

  it('are so many and no more, until some have run out', () => {
    const open = new OpenDecider();
    for (let i = 0; i < MAX_LISTED; i++) open.decider.add(entry({ login: `u${i}`, expires: LATER + (i % 2) }));
    expect(refusal(() => open.decider.add(entry({ login: 'one more' })))).toEqual({
      code: 'policy_list_full',
      field: 'block_list',
      offset: 0,
    });
    open.decider.add(entry({ login: 'u0', expires: LATER + 1 }));
    open.decider.add(entry({ list: 'allow', login: 'one more' }));
    open.now = LATER * 1000;
    open.decider.add(entry({ login: 'one more', expires: LATER + 1 }));
    expect(open.decider.listed('block')).toHaveLength(MAX_LISTED / 2 + 2);
    open.decider.close();
  });
});

describe('the book', () => {
  it('hears what became of each key, once', () => {
    const open = new OpenDecider();
    const { decider } = open;
    const [a, b, c] = ['a', 'b', 'c'].map((login) => entry({ login }));
    for (const each of [a!, b!, c!]) decider.add(each);
    expect(open.listed).toEqual([a, b, c]);
    open.batches.length = 0;
    decider.remove('block', a!);
    decider.remove('block', b!);
    decider.add({ ...b!, reason: 'again' });
    decider.add({ ...c!, reason: 'again' });
    decider.remove('block', { ...c!, login: 'C' });
    expect(open.listed).toEqual([{ ...b, reason: 'again' }]);
    expect(open.unlisted).toEqual(['a', 'c'].map((login) => ({ list: 'block', ip: null, login, ja3: null })));
    decider.close();
  });

  it('gives back at the start what has not run out', () => {
    const known = [entry({ login: 'a' }), entry({ login: 'b', expires: 1 }), entry({ ip: 'broken' })];
    const { decider } = new OpenDecider({}, { past: { listed: () => known } });
    expect(decider.listed('block')).toEqual([known[0]]);
    decider.close();
  });
});

describe('resets and statistics', () => {
  it('are about a hash as ja3 and as ssl_ja3, a login under its key, an address', () => {
    const asked: HistoryKey[] = [];
    const countsOf = (key: HistoryKey) => {
      asked.push(key);
      return { device: { failed: 7 } };
    };
    const open = new OpenDecider({}, { history: { countsOf } });
    open.decider.add(entry({ ja3: mutt.ja3Hash }));
    open.decider.add(entry({ list: 'allow', ip: '192.0.2.0/24' }));
    const key = { ip: '192.0.2.7', login: null, ja3: mutt.ja3Hash };
    const keys = { device: `ja3 ${mutt.ja3Hash}`, aliases: [`ssl_ja3 ${mutt.ja3Hash}`] };
    expect(open.decider.stats(key)).toEqual({
      counts: { device: { failed: 7 } },
      allowed: entry({ list: 'allow', ip: '192.0.2.0/24' }),
      blocked: entry({ ja3: mutt.ja3Hash }),
    });
    expect(asked).toEqual([{ ...keys, userKey: null, remote: '192.0.2.7' }]);
    open.decider.reset({ ip: null, login: 'Alice', ja3: mutt.ja3Hash });
    expect(open.forgotten).toEqual([{ ...keys, userKey: 'key of alice', remote: null }]);
    expect(open.decider.listed('block')).toHaveLength(1);
    open.decider.reset({ ip: null, login: null, ja3: mutt.ja3Hash });
    expect(open.decider.listed('block')).toEqual([]);
    open.decider.close();
  });
});

describe('any lists', () => {
  const byte = fc.integer({ min: 0, max: 3 });
  const v4 = fc.tuple(byte, byte).map(([a, b]) => `10.0.${a * 64}.${b * 64}`);
  const v6 = fc
    .tuple(byte, byte)
    .map(([a, b]) => `2001:db8:${(a * 0x4000).toString(16)}::${(b * 0x4000).toString(16)}`);
  const network = fc.oneof(
    fc.tuple(v4, fc.constantFrom(16, 17, 18, 24, 26, 32)).map(([ip, length]) => `${ip}/${length}`),
    fc.tuple(v6, fc.constantFrom(32, 34, 48, 112, 128)).map(([ip, length]) => `${ip}/${length}`),
    v4,
    v6,
  );
  const login = fc.constantFrom('alice', 'bob', 'carol');
  const ja3 = fc.constantFrom(mutt.ja3Hash, mutt.sslJa3Hash, '00000000000000000000000000000000');
  const nil = fc.constant(null);
  const key = fc.oneof(
    fc.record({ ip: network, login: nil, ja3: nil }),
    fc.record({ ip: nil, login, ja3: nil }),
    fc.record({ ip: nil, login: nil, ja3 }),
    fc.record({ ip: network, login, ja3: nil }),
    fc.record({ ip: network, login: nil, ja3 }),
  );
  const entries = fc.array(
    fc
      .tuple(key, fc.constantFrom('allow', 'block'), fc.constantFrom(LATER, 1))
      .map(([each, list, expires]) => entry({ ...each, list, expires })),
    { maxLength: 12 },
  );

  /** The same by Node's own list of networks, entry for entry. */
  function fits({ ip, login, ja3, expires }: ListEntry, remote: string, user: string, hash: string): boolean {
    if (expires <= SUNDAY_NOON / 1000) return false;
    if (login !== null && login !== user) return false;
    if (ja3 !== null && ja3 !== hash) return false;
    if (ip === null) return true;
    const [address = '', length] = ip.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    const list = new BlockList();
    list.addSubnet(address, Number(length ?? (family === 'ipv6' ? 128 : 32)), family);
    return list.check(remote, isIPv6(remote) ? 'ipv6' : 'ipv4');
  }

  it('decide as a look at every entry does: allow before block before rules', () => {
    fc.assert(
      fc.property(entries, fc.oneof(v4, v6), login, (listed, remote, user) => {
        // What is added later under the same key replaces; the reference keeps the last one too.
        const open = new OpenDecider();
        for (const each of listed) open.decider.add(each);
        const kept = (list: 'allow' | 'block') => open.decider.listed(list);
        expect(kept('allow').length + kept('block').length).toBeLessThanOrEqual(listed.length);
        const hash = { string: null, hash: mutt.ja3Hash };
        const views = { ja3: hash, ja3n: null, sslJa3: null, ja4: null };
        const { verdict } = open.decider.decide(policyLogin({ remote, user, views }));
        const isLast = (each: ListEntry, i: number) => !listed.slice(i + 1).some((later) => sameKey(each, later));
        const isListed = (list: string) =>
          listed.filter(isLast).some((each) => each.list === list && fits(each, remote, user, mutt.ja3Hash));
        const expected = isListed('allow') ? 'allow list' : isListed('block') ? 'block list' : null;
        expect(verdict.rule).toBe(expected);
        open.decider.close();
      }),
      { numRuns: 500 },
    );
  });
});

/** Networks of one length are the same if each holds the other's address. */
function sameKey(a: ListEntry, b: ListEntry): boolean {
  if (a.list !== b.list || a.login !== b.login || a.ja3 !== b.ja3) return false;
  if (a.ip === null || b.ip === null) return a.ip === b.ip;
  const [one = '', length] = a.ip.split('/');
  const [other = '', otherLength] = b.ip.split('/');
  if (isIPv6(one) !== isIPv6(other)) return false;
  const family = isIPv6(one) ? 'ipv6' : 'ipv4';
  const widest = isIPv6(one) ? 128 : 32;
  if (Number(length ?? widest) !== Number(otherLength ?? widest)) return false;
  const list = new BlockList();
  list.addSubnet(one, Number(length ?? widest), family);
  return list.check(other, family);
}
