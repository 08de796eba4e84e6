import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TAKEN_OVER } from '../../../scripts/policy-month/attacks.js';
import { generateMonth } from '../../../scripts/policy-month/generate.js';
import {
  ATTACKS,
  type AttackName,
  BEGIN,
  END,
  MINUTE,
  type MonthLogin,
  START,
} from '../../../scripts/policy-month/month.js';
import { USERS } from '../../../scripts/policy-month/people.js';
import { PROGRAMS, type ProgramName, Programs, PUBLISHED } from '../../../scripts/policy-month/programs.js';
import { readLabelFolder } from '../../../src/lists/index.js';
import type { ToldViews } from '../../../src/model/index.js';
import { deviceKeyOf, listsOfString } from '../../../src/recognize/index.js';

const folder = new URL('../../../db/labels/', import.meta.url);
const labels = readLabelFolder(fileURLToPath(folder));
const programs = new Programs(folder);
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

const situations = [true, false].flatMap((named) =>
  [true, false].flatMap((resumed) =>
    [true, false].flatMap((padded) =>
      (['ja3', 'ssl_ja3'] as const).map((toldAs) => ({ named, resumed, padded, toldAs })),
    ),
  ),
);
const told = ({ ja3, sslJa3 }: ToldViews) => (ja3 ?? sslJa3)!;
const deviceOf = (views: ToldViews) => deviceKeyOf(listsOfString(told(views).string!)!);

describe('the hellos of a made-up month', () => {
  it.each(Object.entries(PUBLISHED))('%s: the string has the hash it was published with', (_, { ja3, hash }) => {
    expect(md5(ja3)).toBe(hash);
  });

  it.each([
    ['python', 'hydra'],
    ['python', 'python3-mail'],
    ['openssl', 'mbsync'],
    ['curl', 'curl'],
    ['go', 'go'],
    ['java', 'javamail'],
    ['gnutls', 'mutt'],
    ['thunderbird', 'thunderbird'],
  ] as const)('%s, at a padded length and with a name, is what was captured of %s', (program, client) => {
    for (const view of ['ja3', 'ssl_ja3'] as const) {
      const views = programs.views(program, { named: true, resumed: false, padded: true, toldAs: view });
      const captured = labels.find((label) => label.client === client && label.view === view)!;
      // GnuTLS alone of these has the name in the middle.
      if (program === 'gnutls') expect(sorted(told(views).string!)).toBe(sorted(captured.string!));
      else expect(told(views).hash).toBe(captured.hash);
    }
  });

  it.each(Object.keys(PROGRAMS) as ProgramName[])('%s is one client in all situations, by many hashes', (program) => {
    const all = situations.map((situation) => programs.views(program, situation));
    expect(new Set(all.map(deviceOf)).size).toBe(1);
    expect(new Set(all.map((views) => told(views).hash)).size).toBeGreaterThan(1);
  });

  it('tells programs apart that have different libraries, and no others', () => {
    const devices = new Map<string, string[]>();
    for (const program of Object.keys(PROGRAMS) as ProgramName[]) {
      const device = deviceOf(programs.views(program, situations[0]!));
      devices.set(device, [...(devices.get(device) ?? []), program]);
    }
    expect([...devices.values()].filter((sharing) => sharing.length > 1)).toEqual([['python', 'openssl']]);
  });
});

describe('a made-up month', () => {
  const { logins } = generateMonth(1, programs);
  const counted = logins.filter(({ time }) => time >= BEGIN);
  const of = (name: AttackName) => counted.filter(({ attack }) => attack?.name === name);

  it('has 2,000 users and about 200,000 logins, in order', () => {
    const good = counted.filter(({ attack }) => attack === null);
    expect(new Set(good.map(({ user }) => user)).size).toBe(USERS);
    expect(Math.abs(good.length - 200_000)).toBeLessThan(10_000);
    expect(logins.every(({ time }, i) => time >= (logins[i - 1]?.time ?? START) && time < END)).toBe(true);
  });

  it('is the same for the same seed, and another for another', () => {
    const digest = (seed: number) => md5(generateMonth(seed, programs).logins.map(shortly).join('\n'));
    expect(digest(2)).toBe(digest(2));
    expect(digest(2)).not.toBe(digest(3));
  });

  it('keeps what one part draws from moving the others', () => {
    const busier = generateMonth(1, programs, { newDevices: 0.5, newPasswords: 0.5, travellers: 0.5, newUsers: 0.01 });
    const spray = busier.logins.filter(({ attack }) => attack?.name === 'fast spray');
    expect(spray.map(({ time }) => time)).toEqual(of('fast spray').map(({ time }) => time));
  });

  it('has all attacks, and none before the month begins', () => {
    expect(logins.filter(({ attack, time }) => attack !== null && time < BEGIN)).toEqual([]);
    for (const name of ATTACKS) expect(of(name).length).toBeGreaterThan(100);
  });

  it('sprays fast from many addresses with wrong passwords', () => {
    const spray = of('fast spray');
    expect(new Set(spray.map(({ remote }) => remote)).size).toBeGreaterThan(50);
    expect(spray.every(({ right }) => !right)).toBe(true);
  });

  it('sprays slowly, each attempt from an address of its own', () => {
    const spray = of('slow spray');
    expect(new Set(spray.map(({ remote }) => remote)).size).toBe(spray.length);
    const gaps = spray.slice(1).map(({ time }, i) => time - spray[i]!.time);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5 * MINUTE);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(10 * MINUTE);
  });

  it('has twenty accounts taken over with the right password, where their users were not before', () => {
    const first = of('take-over').filter(({ attack }) => attack?.first);
    expect(first).toHaveLength(TAKEN_OVER);
    expect(of('take-over').every(({ right }) => right)).toBe(true);
  });

  it.each([
    ['old password', false],
    ['mistyped password', false],
    ['new device', true],
    ['program updated', true],
    ['traveller', true],
    ['script', true],
    ['webmail', true],
    ['fetcher', true],
    ['fetcher', false],
    ['virus scanner', true],
    ['new user', true],
  ] as const)('has logins that are there because of: %s (password right: %s)', (cause, right) => {
    expect(counted.some((login) => login.attack === null && login.cause === cause && login.right === right)).toBe(true);
  });

  it('has a device that goes on for hours with the old password', () => {
    const byUser = new Map<string, number[]>();
    for (const { user, time } of counted.filter(({ cause }) => cause === 'old password')) {
      byUser.set(user, [...(byUser.get(user) ?? []), time]);
    }
    const longest = Math.max(...Array.from(byUser.values(), (times) => times.at(-1)! - times[0]!));
    expect(longest).toBeGreaterThan(12 * 60 * MINUTE);
  });

  it('has users of one webmail server, and of one fetcher', () => {
    const users = (cause: string) =>
      new Set(counted.filter((login) => login.cause === cause).map(({ user }) => user)).size;
    expect(users('webmail')).toBeGreaterThan(300);
    expect(users('fetcher')).toBeGreaterThan(50);
    expect(new Set(counted.filter(({ cause }) => cause === 'webmail').map(({ remote }) => remote)).size).toBe(1);
  });
});

function shortly({ time, user, remote, views, right, attack, cause }: MonthLogin): string {
  return [time, user, remote, told(views).hash, right, attack?.tool, cause].join(' ');
}

function sorted(ja3: string): string {
  const [version, ciphers, extensions, ...rest] = ja3.split(',') as [string, string, string, string, string];
  return [
    version,
    ciphers,
    extensions
      .split('-')
      .map(Number)
      .sort((a, b) => a - b)
      .join('-'),
    ...rest,
  ].join(',');
}
