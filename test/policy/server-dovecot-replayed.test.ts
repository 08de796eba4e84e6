import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabelRow } from '../../src/model/index.js';
import { Folder, freePorts } from '../harness/mail/running.js';
import type { FingerprintedLogin, Recording } from '../harness/policy/record-fingerprints.js';
import { ruleWhen } from '../harness/policy/rules.js';
import { type PolicyService, startPolicyService } from '../harness/policy/service.js';

// What real Dovecots asked (scripts/record-policy.ts) is asked once more, also where there is no Dovecot.

const logins = ['2.3', '2.4'].flatMap((version) => {
  const file = new URL(`../data/policy/server-dovecot-${version}.json`, import.meta.url);
  const { logins } = JSON.parse(readFileSync(file, 'utf8')) as Recording;
  return logins.map((login) => ({ ...login, name: `${version}, ${login.login}` }));
});

type Attributes = Readonly<Record<'ssl_ja3' | 'ssl_ja3_hash', string>>;

/** null: the request is no JSON. */
function attributesOf({ requests: [first] }: FingerprintedLogin): Attributes | null {
  try {
    return (JSON.parse(first!.body) as { attrs: Attributes }).attrs;
  } catch {
    return null;
  }
}

/** Each client as the proxy told of it: a hash that Dovecot 2.4 tells by itself is known by these. */
const labels = [...new Set(logins.map(({ client }) => client))].map((client, at): LabelRow => {
  const told = logins.find((login) => login.client === client && attributesOf(login)?.ssl_ja3);
  const { ssl_ja3: string, ssl_ja3_hash: hash } = attributesOf(told!)!;
  return {
    client,
    version: '1',
    tlsLibrary: 'any',
    source: 'recorded',
    view: 'ssl_ja3',
    hash,
    string,
    kind: 'user agent',
    weight: 1,
    quality: 'measured',
    sourceRow: at + 1,
    licence: 'none',
    captured: null,
  };
});

describe('what Dovecots asked about real programs', () => {
  let folder: Folder;
  let port: number;
  let service: PolicyService;
  const devices = new Map<string, Set<string>>();

  beforeAll(async () => {
    folder = new Folder();
    ({ port } = await freePorts('port'));
    service = await startPolicyService({
      port,
      database: folder.at('policy.db'),
      rules: labels.map(({ client }) =>
        ruleWhen({ client: [client] }, { name: `is ${client.slice(0, 8)}`, action: { action: 'log' } }),
      ),
      labels,
      ask: { password: null, apiKey: 'a key' },
    });
  });
  afterAll(async () => {
    await service?.close();
    folder?.remove();
  });

  async function ask({ requests }: FingerprintedLogin): Promise<{ status: number; answer: unknown }[]> {
    const answers = [];
    for (const { line, headers, body } of requests) {
      const shown = headers.filter(([name]) => /^(content-type|x-api-key)$/i.test(name));
      const response = await fetch(`http://127.0.0.1:${port}${line.split(' ')[1]}`, {
        method: 'POST',
        headers: Object.fromEntries(shown.map(([name, value]) => [name, value.trim()])),
        body,
      });
      answers.push({ status: response.status, answer: await response.json() });
    }
    return answers;
  }

  it.each(logins.filter((login) => attributesOf(login) !== null))('$name', async (login) => {
    const before = service.heardOf('u1').length;
    const attributes = attributesOf(login)!;
    const isTold = attributes.ssl_ja3_hash !== '';
    const rule = isTold ? `is ${login.client.slice(0, 8)}` : null;
    const answers = await ask(login);
    for (const { status, answer } of answers.slice(0, -1)) {
      expect(status).toBe(200);
      expect(answer).toMatchObject({ status: 0, msg: '', r_attrs: rule === null ? {} : { rule } });
    }
    expect(answers.at(-1)).toEqual({ status: 200, answer: { status: 'ok' } });

    const [heard, ...more] = (await service.reported('u1', before + 1)).slice(before);
    expect(more).toEqual([]);
    expect(heard).toMatchObject({ outcome: login.login.includes('wrong') ? 'failed' : 'succeeded', rule });
    expect(heard!.views.sslJa3?.hash ?? '').toBe(attributes.ssl_ja3_hash);
    if (isTold) devices.set(login.client, (devices.get(login.client) ?? new Set()).add(heard!.device!));
    else expect(heard!.device).toBeNull();
  });

  it('a client has one device key, whoever told of it, and another than others', () => {
    expect([...devices.values()].map(({ size }) => size)).toEqual(labels.map(() => 1));
    expect(new Set([...devices.values()].flatMap((keys) => [...keys])).size).toBe(labels.length);
  });

  it('what is no JSON is told, and the next request is answered', async () => {
    const broken = logins.find((login) => attributesOf(login) === null)!;
    const before = service.heardOf('u1').length;
    for (const { status, answer } of await ask(broken)) {
      expect(status).toBe(400);
      expect(answer).toMatchObject({ status: 'failure' });
    }
    expect(service.heardOf('u1')).toHaveLength(before);
    expect(service.notices).toHaveLength(1);
    const [good] = logins;
    expect((await ask(good!)).map(({ status }) => status)).toEqual(good!.requests.map(() => 200));
  });
});
