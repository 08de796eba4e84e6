import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resets } from '../harness/backend-hosts.js';
import { clearProxy, connected, logIn } from '../harness/sessions.js';
import { type Fault, faults, type Speech, speakingBackend, speeches, speechOf } from '../harness/speech.js';
import { closer, listen } from '../harness/tls-servers.js';

async function backendFor(speech: Speech, inside?: Parameters<typeof speakingBackend>[1]) {
  const backend = await speakingBackend(speech, inside);
  onTestFinished(backend.close);
  return backend;
}

/** How often a backend speaks up to the answer to a login: the greeting counts. */
const turns: Readonly<Record<string, number>> = { imap: 2, pop3: 3, submission: 3, smtp: 3, sieve: 2 };
/** Time enough for a backend that is not at fault, on a machine with other things to do. */
const soon = { backendTimeout: 250, connectTimeout: 5000 };

describe.each(speeches.map((speech) => [speech.protocol, speech] as const))(
  'a %s backend that fails before its login is done',
  (protocol, speech) => {
    const points = Object.entries<Fault>(faults).flatMap(([name, does]) =>
      Array.from({ length: turns[protocol]! }, (_, at) => [name, at, does] as const),
    );

    it.each(points)('and %s in place of its answer number %i', async (_, at, does) => {
      const backend = await backendFor(speech);
      // So that the proxy knows what to offer.
      const proxy = await clearProxy(speech, backend.port, { limits: soon });
      backend.fault = { at, does };
      const client = await connected(proxy.ports[0]!);
      await client.until(speech.greeted);
      expect(await logIn(client, speech)).toMatch(speech.unavailable);
      expect(proxy.logins).toHaveLength(1);
      expect(proxy.logins[0]).toMatchObject({ outcome: 'refused', user: 'u', attempt: 1, backend: expect.any(String) });
      expect(proxy.logins[0]!.reasonCode).toMatch(/^proxy_dest_/);
      await backend.deserted();
      // The client has lost nothing but this attempt.
      backend.fault = null;
      expect(await logIn(client, speech)).toMatch(speech.succeeded);
      expect(proxy.logins.map(({ outcome }) => outcome)).toEqual(['refused', 'succeeded']);
      client.socket.destroy();
      await backend.deserted();
    });

    it('because nobody listens there', async () => {
      const closed = createServer();
      const port = await listen(closed);
      closed.close();
      await once(closed, 'close');
      const proxy = await clearProxy(speech, port);
      const client = await connected(proxy.ports[0]!);
      await client.until(speech.greeted);
      expect(await logIn(client, speech)).toMatch(speech.unavailable);
      expect(proxy.logins[0]).toMatchObject({ outcome: 'refused', reasonCode: 'proxy_dest_connect_failed' });
    });

    it('because it resets every connection', async () => {
      const server = createServer(resets);
      onTestFinished(closer(server));
      const proxy = await clearProxy(speech, await listen(server));
      const client = await connected(proxy.ports[0]!);
      await client.until(speech.greeted);
      expect(await logIn(client, speech)).toMatch(speech.unavailable);
      expect(proxy.logins).toHaveLength(1);
    });
  },
);

describe.each(speeches.map((speech) => [speech.protocol, speech] as const))(
  'a session with a %s backend',
  (_, speech) => {
    it.each<[string, Fault]>([
      ['closes', faults.closes],
      ['resets the connection', faults['resets the connection']],
      ['closes its side', faults['closes its side']],
    ])('ends for the client when the backend %s', async (_, does) => {
      const backend = await backendFor(speech);
      const proxy = await clearProxy(speech, backend.port);
      const client = await connected(proxy.ports[0]!);
      await client.until(speech.greeted);
      expect(await logIn(client, speech)).toMatch(speech.succeeded);
      client.send('hello\r\n');
      await client.until(/^echo hello/);
      for (const socket of backend.sockets) does(socket);
      expect(await client.toEnd()).toBe('');
      client.socket.end();
      await backend.deserted();
      await proxy.proxy.close(60_000);
      expect(proxy.logins).toHaveLength(1);
    });

    it('brings what the backend said before it closed', async () => {
      const backend = await backendFor(speech, (socket) => void socket.end('last words\r\n'));
      const proxy = await clearProxy(speech, backend.port);
      const client = await connected(proxy.ports[0]!);
      await client.until(speech.greeted);
      expect(await logIn(client, speech)).toMatch(speech.succeeded);
      expect(await client.toEnd()).toBe('last words\r\n');
    });
  },
);

describe('a backend whose process is killed', () => {
  const speech = speechOf('imap');

  /** @returns its port, what it says next, and what kills it */
  async function process() {
    const child = spawn(execPath, [fileURLToPath(new URL('../harness/stalling-backend.mjs', import.meta.url))]);
    onTestFinished(() => void child.kill('SIGKILL'));
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const says = async () => String((await lines.next()).value);
    const gone = once(child, 'exit');
    const kill = async () => {
      child.kill('SIGKILL');
      await gone;
    };
    return { port: Number(await says()), says, kill };
  }

  it('in the middle of a login is unavailable', async () => {
    const backend = await process();
    const proxy = await clearProxy(speech, backend.port);
    const client = await connected(proxy.ports[0]!);
    await client.until(speech.greeted);
    const answered = logIn(client, speech, 'u', 'other');
    expect(await backend.says()).toBe('asked');
    await backend.kill();
    expect(await answered).toMatch(speech.unavailable);
    expect(await logIn(client, speech)).toMatch(speech.unavailable);
    expect(proxy.logins.map(({ reasonCode }) => reasonCode)).toEqual([
      'proxy_dest_remote_failure',
      'proxy_dest_connect_failed',
    ]);
  });

  it('in the middle of sessions takes each of them along', async () => {
    const backend = await process();
    const proxy = await clearProxy(speech, backend.port);
    const clients = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const client = await connected(proxy.ports[0]!, { allowHalfOpen: false });
        await client.until(speech.greeted);
        expect(await logIn(client, speech)).toMatch(speech.succeeded);
        return client;
      }),
    );
    await backend.kill();
    for (const client of clients) expect(await client.toEnd()).toBe('');
    await proxy.proxy.close(60_000);
    expect(proxy.proxy.connections).toBe(0);
    expect(proxy.logins).toHaveLength(20);
  });
});
