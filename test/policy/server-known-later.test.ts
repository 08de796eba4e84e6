import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ja3nOfLists, parseJa3String, sslJa3OfLists } from '../../src/fingerprint/index.js';
import type { LabelRow } from '../../src/model/index.js';
import { Folder, freePorts } from '../harness/mail/running.js';
import { ruleWhen } from '../harness/policy/rules.js';
import { type PolicyService, startPolicyService } from '../harness/policy/service.js';
import { MUTT_JA3 } from '../unit/recognize/labels.js';
import { login, observation } from '../unit/store/rows.js';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** Of a client nobody knows, and of another one. */
const STRANGE = MUTT_JA3.replace('4866-4867', '4867-4866');
const OTHER = MUTT_JA3.replace('4866-4867', '4867');
const sslJa3Of = (ja3: string) => sslJa3OfLists(parseJa3String(ja3), '3.5');

const RULES = [
  ruleWhen({ newClient: true }, { name: 'new client' }),
  ruleWhen({ neverSucceeded: { failures: 3 } }, { name: 'never succeeded' }),
];

let folder: Folder;
let port: number;
let service: PolicyService;
beforeEach(async () => {
  folder = new Folder();
  ({ port } = await freePorts('port'));
});
afterEach(async () => {
  await service.close();
  folder.remove();
});

async function start(labels: readonly LabelRow[] = []): Promise<void> {
  service = await startPolicyService({ port, database: folder.at('policy.db'), rules: RULES, labels });
}

async function ask(command: string, body: object): Promise<{ readonly r_attrs?: { readonly rule?: string } }> {
  const answer = await fetch(`http://127.0.0.1:${port}/?command=${command}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as object;
}

let sessions = 0;

/** As Dovecot 2.4 asks and tells. @returns the rule that said something at first */
async function logIn(user: string, attrs: object, success: boolean): Promise<string | undefined> {
  const login = { login: user, remote: '192.0.2.7', protocol: 'imap', session_id: `s${sessions++}`, tls: true, attrs };
  const { r_attrs } = await ask('allow', login);
  const refused = r_attrs?.rule !== undefined;
  if (!refused && success) await ask('allow', login);
  await ask('report', { ...login, success: success && !refused, policy_reject: refused });
  return r_attrs?.rule;
}

const native = { ssl_ja3_hash: sslJa3Of(STRANGE).hash };
const asForWforce = { ja3: sslJa3Of(STRANGE).hash };

function record(): readonly LabelRow[] {
  const lists = parseJa3String(STRANGE);
  const fingerprint = {
    ja3: { string: STRANGE, hash: md5(STRANGE) },
    ja3n: ja3nOfLists(lists),
    sslJa3: { '3.0': sslJa3OfLists(lists, '3.0'), '3.5': sslJa3OfLists(lists, '3.5') },
    ja4: null,
  };
  service.store.observations.record([observation(1, { fingerprint })]);
  return [];
}

/** Dovecot 2.4 tells its login log the string, where it tells a policy the hash. */
function readLog(): readonly LabelRow[] {
  service.store.logins.record([login(1, { sslJa3: sslJa3Of(STRANGE) })]);
  return [];
}

const labelled = (): readonly LabelRow[] => [
  {
    client: 'strange',
    version: '1',
    tlsLibrary: 'any',
    source: 'here',
    view: 'ja3',
    hash: md5(STRANGE),
    string: STRANGE,
    kind: 'user agent',
    weight: 1,
    quality: 'measured',
    sourceRow: 1,
    licence: 'none',
    captured: null,
  },
];

describe('a client that was told of by a hash alone, and is known later', () => {
  it.each([
    ['its hello is recorded', native, record],
    ['its hello is recorded, told as examples for wforce do', asForWforce, record],
    ['its string is in a login log', native, readLog],
    ['a label has its string', native, labelled],
  ])('is the same client to its users: %s', async (_, attrs, becomeKnown) => {
    await start();
    for (let i = 0; i < 5; i++) expect(await logIn('alice', attrs, true)).toBeUndefined();
    const labels = becomeKnown();
    await service.close();
    await start(labels);

    for (let i = 0; i < 4; i++) expect(await logIn('bob', attrs, false)).toBeUndefined();
    expect(await logIn('alice', attrs, true)).toBeUndefined();
    // A proxy in front of the server tells strings from now on.
    const whole = { ...native, ssl_ja3: sslJa3Of(STRANGE).string, ja3: md5(STRANGE) };
    expect(await logIn('alice', whole, true)).toBeUndefined();
    const devices = service.heardOf('alice').map(({ device }) => device);
    expect(new Set(devices.slice(0, 5)).size).toBe(1);
    expect(new Set(devices.slice(5)).size).toBe(1);
    expect(devices[5]).not.toBe(devices[4]);

    // Others are others, and both rules count them.
    expect(await logIn('alice', { ssl_ja3_hash: sslJa3Of(OTHER).hash }, true)).toBe('new client');
    const failing = { ssl_ja3_hash: sslJa3Of(MUTT_JA3).hash };
    for (let i = 0; i < 3; i++) expect(await logIn('bob', failing, false)).toBeUndefined();
    expect(await logIn('bob', failing, false)).toBe('never succeeded');
  });

  it('is forgotten and counted under all its keys', async () => {
    await start();
    for (let i = 0; i < 5; i++) await logIn('alice', native, true);
    record();
    await service.close();
    await start();
    await logIn('alice', native, false);
    const stats = () => service.decider.stats({ ip: null, login: null, ja3: native.ssl_ja3_hash }).counts;
    expect(stats()).toEqual({ device: { succeeded: 5, failed: 1 } });
    await ask('reset', { ja3: native.ssl_ja3_hash });
    expect(stats()).toEqual({ device: { succeeded: 0, failed: 0 } });
    await service.close();
    await start();
    expect(stats()).toEqual({ device: { succeeded: 0, failed: 0 } });
  });
});
