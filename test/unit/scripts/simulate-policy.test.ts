import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../../scripts/policy-month/figures.js';
import { BEGIN, type MonthLogin } from '../../../scripts/policy-month/month.js';
import { replaceMeasured } from '../../../scripts/policy-month/page.js';
import { play, playEach } from '../../../scripts/policy-month/play.js';
import { type ProgramName, Programs } from '../../../scripts/policy-month/programs.js';
import { simulation } from '../../../scripts/policy-month/simulation.js';
import { truthOf } from '../../../scripts/policy-month/truth.js';
import type { ToldViews } from '../../../src/model/index.js';
import type { DecisionOptions, Identify, Rule } from '../../../src/policy/index.js';
import { deviceKeyOf, listsOfString } from '../../../src/recognize/index.js';

const at = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const programs = new Programs(new URL('../../../db/labels/', import.meta.url));
const identify: Identify = ({ ja3, sslJa3 }: ToldViews) => ({
  device: deviceKeyOf(listsOfString((ja3 ?? sslJa3)!.string!)!),
  aliases: [],
  recognition: null,
});
const deviceOf = ({ views }: MonthLogin) => identify(views).device;

function login(change: Partial<MonthLogin>, program: ProgramName = 'apple'): MonthLogin {
  return {
    time: BEGIN,
    user: 'somebody',
    remote: '10.0.0.1',
    protocol: 'imap',
    port: 993,
    sni: null,
    clientId: null,
    views: programs.views(program, { named: false, resumed: false, padded: false, toldAs: 'ja3' }),
    right: true,
    attack: null,
    cause: 'everyday',
    ...change,
  };
}

const rule = (name: string, when: Rule['when'], then: Rule['then'], enforce = false): Rule => ({
  name,
  when,
  unless: [],
  then,
  enforce,
});
const options = (rules: readonly Rule[]): DecisionOptions => ({
  rules,
  learning: { logins: 2, days: 1 },
  maxTarpit: 30,
  limits: {
    users: 100,
    clientsPerUser: 16,
    networksPerUser: 32,
    devices: 100,
    keysPerCounter: 100,
    usersPerCount: 100,
    days: 180,
  },
});

const NEW = rule('new', { newClient: true }, { action: 'tarpit', seconds: 5 });
const ELSEWHERE = rule('new network', { newNetwork: true }, { action: 'log' });
/** Three days with one program, then one login with another from elsewhere, and one more at once. */
const story = [
  login({ time: BEGIN - 3 * DAY }),
  login({ time: BEGIN - 2 * DAY }),
  login({ time: BEGIN + HOUR, remote: '10.9.9.9' }, 'go'),
  login({ time: BEGIN + HOUR + 50, remote: '10.9.9.9' }, 'go'),
  login({ time: BEGIN + 2 * HOUR, remote: '10.9.9.9' }, 'go'),
];

describe('playing a month', () => {
  it('asks before it is told how the login before went', () => {
    const said = play(story, options([NEW]), identify);
    // The second one comes while the first is not yet through; after both the client is known.
    expect(said.map(({ login, rule, action }) => [story.indexOf(login), rule, action])).toEqual([
      [2, 'new', 'tarpit'],
      [3, 'new', 'tarpit'],
    ]);
  });

  it('asks each rule by itself', () => {
    const said = playEach(story, options([NEW, ELSEWHERE]), identify);
    expect([...said].map(([name, each]) => [name, each.map(({ login }) => story.indexOf(login))])).toEqual([
      ['new', [2, 3]],
      ['new network', [2, 3]],
    ]);
  });

  it('tries no password that a rule refuses, so that its client stays new', () => {
    const refusing = rule('new', { newClient: true }, { action: 'reject', message: null }, true);
    const said = play(story, options([refusing]), identify);
    expect(said.map(({ login }) => story.indexOf(login))).toEqual([2, 3, 4]);
  });

  it('says nothing of the days before the month', () => {
    const always = rule('always', {}, { action: 'log' });
    expect(play(story, options([always]), identify)).toHaveLength(3);
    expect(playEach(story, options([always]), identify).get('always')).toHaveLength(3);
  });
});

describe('figures of a month', () => {
  const sprayed = (name: 'fast spray' | 'rare tool' | 'slow spray', hours: number) =>
    login({ time: BEGIN + hours * HOUR, right: false, attack: { name, tool: name, first: false } }, 'python');
  const taken = (user: string, change: Partial<MonthLogin> = {}) =>
    login(
      {
        time: BEGIN + 9 * HOUR,
        user,
        remote: '10.9.9.9',
        attack: { name: 'take-over', tool: 'Go', first: true },
        ...change,
      },
      'go',
    );
  const logins = [
    ...story.slice(0, 2),
    sprayed('fast spray', 1),
    sprayed('fast spray', 2),
    sprayed('rare tool', 3),
    sprayed('slow spray', 4),
    sprayed('slow spray', 5),
    sprayed('slow spray', 8),
    login({ time: BEGIN + 8.5 * HOUR, user: 'like it' }, 'python'),
    taken('somebody'),
    taken('unknown'),
    login({ time: BEGIN + 40 * HOUR, cause: 'new device' }),
  ];
  const truth = truthOf({ wave: { from: 'apple', to: 'apple, updated', at: 0 }, logins }, deviceOf, {
    logins: 2,
    days: 1,
  });
  const figures = figuresOf(
    [7, 8, 9, 11].map((i) => ({ login: logins[i]!, rule: 'a', action: 'tarpit' as const })),
    truth,
  );

  it('tells at which attempt a spray was seen, and after how many hours', () => {
    expect(figures.sprays).toEqual({ 'fast spray': null, 'rare tool': null, 'slow spray': { attempt: 3, hours: 4 } });
    expect(figures.caught['slow spray']).toBeCloseTo(1 / 3);
  });

  it('counts take-overs by tool, and tells why others were nothing new', () => {
    expect(figures.takeOvers.get('Go')).toEqual({ of: 2, seen: 1 });
    expect([...figures.missed]).toEqual([['too little is known of the user', 1]]);
  });

  it('counts false alarms by cause, one beside an attack as such', () => {
    expect(figures).toMatchObject({ good: 2, falseAlarms: 2, users: 2, slowed: 2, refused: 0 });
    expect([...figures.causes]).toEqual([
      ['like an attacker', 1],
      ['new device', 1],
    ]);
  });

  it.each([
    ['the user has such a client', login({ time: BEGIN - 2 * DAY, user: 'u', remote: '10.1.1.1' }, 'go')],
    ['the user was there before', login({ time: BEGIN - 2 * DAY, user: 'u', remote: '10.9.9.1' })],
    [null, login({ time: BEGIN - 2 * DAY, user: 'u', remote: '10.1.1.1' })],
  ] as const)('knows of a login to an account taken over: %s', (reason, before) => {
    const known = [before, { ...before, time: before.time + HOUR }, ...logins.slice(2, 8), taken('u')];
    const { takeOvers } = truthOf({ wave: { from: 'apple', to: 'apple', at: 0 }, logins: known }, deviceOf, {
      logins: 2,
      days: 1,
    });
    expect([...takeOvers.values()]).toEqual([reason]);
  });
});

describe('docs/policy.md', () => {
  const page = readFileSync(at('docs/policy.md'), 'utf8');

  it('loses nothing but what was simulated', () => {
    const replaced = replaceMeasured(page, 'anything');
    const [before, after] = replaced.split('\nanything\n');
    expect(page.startsWith(before!)).toBe(true);
    expect(page.endsWith(after!)).toBe(true);
    expect(() => replaceMeasured('a page without marks', 'anything')).toThrow('marks');
  });

  it('has what the sample rules make of its first month, to be written anew by npm run simulate:policy', async () => {
    const seed = Number(/Seeds (\d+) to/.exec(page)![1]);
    const text = await simulation({
      rules: at('samples/config/policy.yaml'),
      seeds: [seed],
      variations: false,
      told: () => undefined,
    });
    const [, catches] = /### What is caught[^\n]*\n\n([\s\S]*?)\n\n/.exec(text)!;
    expect(page).toContain(`### The first of these months by itself\n\n${catches}\n`);
    const goal = /\| spray \| (\d+) /.exec(catches!)![1];
    expect(Number(goal)).toBeLessThanOrEqual(20);
  });
});
