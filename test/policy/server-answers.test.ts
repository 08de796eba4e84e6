import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientName } from '../../src/login/index.js';
import { Folder, freePorts } from '../harness/mail/running.js';
import { ruleWhen } from '../harness/policy/rules.js';
import { type PolicyService, startPolicyService } from '../harness/policy/service.js';

/** Python's, which other programs share, as tshark computes it. */
const PYTHON = 'd39e1be3241d516b1f714bd47c2bc968';

let folder: Folder;
let port: number;
let service: PolicyService;
beforeEach(async () => {
  folder = new Folder();
  ({ port } = await freePorts('port'));
  const rules = [ruleWhen({}, { name: 'everybody', action: { action: 'log' } })];
  service = await startPolicyService({ port, database: folder.at('policy.db'), rules });
});
afterEach(async () => {
  await service.close();
  folder.remove();
});

async function send(command: string, body: object): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${port}/command/${command}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return answer.json();
}

describe('answers of a server with all that is behind it', () => {
  it('name a client as lines do', async () => {
    const { recognition } = service.identify({
      ja3: { string: null, hash: PYTHON },
      ja3n: null,
      sslJa3: null,
      ja4: null,
    });
    const name = clientName(recognition);
    expect(name).toMatch(/ \+\d+$/);
    const login = { login: 'u1', remote: '192.0.2.7', attrs: { ja3: PYTHON } };
    expect(await send('allow', login)).toMatchObject({ status: 0, r_attrs: { rule: 'everybody', client: name } });
  });

  it.each([
    ['addBLEntry', 'getBL', { ip: '192.0.2.7' }, 'ip', { status: -1, r_attrs: { blacklisted: '1' } }],
    ['addBLEntry', 'getBL', { login: 'u1' }, 'login', { status: -1, r_attrs: { blacklisted: '1' } }],
    ['addBLEntry', 'getBL', { ip: '192.0.2.7', ja3: PYTHON }, 'ipja3', { status: -1, r_attrs: { blacklisted: '1' } }],
    ['addWLEntry', 'getWL', { netmask: '192.0.2.0/24' }, 'ip', { status: 0, r_attrs: { whitelisted: '1' } }],
  ])('say of a list what its entry says: %s %s %j', async (add, get, key, name, wanted) => {
    await send(add, { ...key, expire_secs: 3600, reason: 'a test' });
    const [entry] = Object.values((await send(get, {})) as Record<string, { expiration: string }[]>).flat();
    const answer = await send('allow', { login: 'u1', remote: '192.0.2.7', attrs: { ja3: PYTHON } });
    expect(answer).toMatchObject({
      msg: '',
      ...wanted,
      r_attrs: { ...wanted.r_attrs, expiration: entry!.expiration, reason: 'a test', key: name },
    });
    // It is told whoever asked; what is kept has the address cut in time, and never a reason or a name.
    await send('report', { login: 'u1', remote: '192.0.2.7', success: wanted.status === 0, policy_reject: true });
    expect(JSON.stringify(service.heardOf('u1'))).not.toContain('a test');
  });

  it.each([
    ['addWLEntry', { ja3: PYTHON }, true],
    ['addWLEntry', { ja3: PYTHON, ip: '192.0.2.7' }, false],
    ['addWLEntry', { login: 'u1' }, false],
    ['addBLEntry', { ja3: PYTHON }, false],
  ])('warn of whoever shares a fingerprint that is let in: %s %j', async (add, key, warned) => {
    const answer = await send(add, { ...key, expire_secs: 3600, reason: 'a test' });
    expect(answer).toEqual({ status: 'ok', ...(warned && { warning: expect.stringContaining('shares') }) });
  });
});
