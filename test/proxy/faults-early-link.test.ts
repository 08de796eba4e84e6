import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Verdict } from '../../src/model/index.js';
import type { LoginPolicy } from '../../src/proxy/ports.js';
import { clearProxy, connected, logIn } from '../harness/sessions.js';
import { faults, speakingBackend, speechOf } from '../harness/speech.js';

const speech = speechOf('pop3');

async function backendFor() {
  const backend = await speakingBackend(speech);
  onTestFinished(backend.close);
  return backend;
}

describe('a link that is made before the client speaks, for APOP', () => {
  const digest = '0123456789abcdef0123456789abcdef';

  async function early() {
    const backend = await backendFor();
    const proxy = await clearProxy(speech, backend.port, {}, { apop: true });
    const before = backend.count;
    const client = await connected(proxy.ports[0]!);
    expect(await client.until(speech.greeted)).toBe(speech.greeting);
    expect(backend.count).toBe(before + 1);
    return { backend, proxy, client, link: [...backend.sockets].at(-1)! };
  }

  it('is the one that the client is logged in on', async () => {
    const { backend, client, proxy } = await early();
    const { count } = backend;
    client.send(`APOP u ${digest}\r\n`);
    expect(await client.until(/^[+-]/)).toBe('+OK in\r\n');
    expect(backend.count).toBe(count);
    expect(proxy.logins).toMatchObject([{ outcome: 'succeeded', mechanism: 'APOP' }]);
  });

  const breaks: readonly (readonly [string, (link: Socket) => void])[] = [
    ['said goodbye and closed', (link) => void link.end('-ERR Disconnected for inactivity.\r\n')],
    ['was closed', (link) => void link.destroy()],
    ['was reset', (link) => void link.resetAndDestroy()],
  ];

  it.each(breaks)('is made anew for a password where it %s', async (_, doesTo) => {
    const { backend, client, proxy, link } = await early();
    doesTo(link);
    await backend.deserted();
    expect(await logIn(client, speech)).toBe('+OK in');
    expect(proxy.logins).toMatchObject([{ outcome: 'succeeded', attempt: 1 }]);
  });

  it.each(breaks)('costs an APOP login no failure where it %s: the digest was for it alone', async (_, doesTo) => {
    const { backend, client, proxy, link } = await early();
    doesTo(link);
    await backend.deserted();
    client.send(`APOP u ${digest}\r\n`);
    expect(await client.until(/^[+-]/)).toMatch(speech.unavailable);
    expect(proxy.logins).toMatchObject([
      { outcome: 'refused', mechanism: 'APOP', reasonCode: 'proxy_dest_remote_failure' },
    ]);
    expect(backend.said.filter((line) => line.startsWith('APOP'))).toEqual([]);
  });

  it.each(breaks)('may break while a policy thinks: where it %s, the login goes another way', async (_, doesTo) => {
    const backend = await backendFor();
    const verdict: Verdict = { action: 'allow', rule: null, source: 'rules', ignored: null };
    let decide: () => void = () => {};
    const asked = new Promise<void>((resolve) => {
      decide = resolve;
    });
    let allow: (verdict: Verdict) => void = () => {};
    const policy: LoginPolicy = {
      beforeAuth: () => {
        decide();
        return new Promise((resolve) => {
          allow = resolve;
        });
      },
      afterAuth: async () => verdict,
      report: () => {},
    };
    const proxy = await clearProxy(speech, backend.port, {}, { apop: true }, {}, { policy });
    const client = await connected(proxy.ports[0]!);
    await client.until(speech.greeted);
    const link = [...backend.sockets].at(-1)!;
    client.send('USER u\r\n');
    await client.until(/^\+OK/);
    client.send('PASS p\r\n');
    await asked;
    doesTo(link);
    await backend.deserted();
    // By the time that another client is greeted, the proxy has seen it.
    await (await connected(proxy.ports[0]!)).until(speech.greeted);
    allow(verdict);
    expect(await client.until(/^[+-]/)).toBe('+OK in\r\n');
    expect(proxy.logins).toMatchObject([{ outcome: 'succeeded', attempt: 1 }]);
  });

  it('goes with its client', async () => {
    const { backend, client, proxy } = await early();
    client.socket.destroy();
    await backend.deserted();
    expect(proxy.logins).toMatchObject([{ outcome: 'none' }]);
  });

  it('goes with a client whose time is up while it is made', async () => {
    const backend = await backendFor();
    backend.fault = { at: 0, does: faults['says nothing'] };
    const proxy = await clearProxy(speech, backend.port, { limits: { loginTimeout: 50 } }, { apop: true });
    const client = await connected(proxy.ports[0]!);
    expect(await proxy.login(() => true)).toMatchObject({ outcome: 'none', reasonCode: 'login_timeout' });
    await client.toEnd();
    client.socket.destroy();
    await proxy.proxy.close(60_000);
    await backend.deserted();
  });
});
