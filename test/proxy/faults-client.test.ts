import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Lines } from '../harness/imap-script.js';
import { certificatesOf } from '../harness/login-proxy.js';
import { clearProxy, connected, logIn, secured } from '../harness/sessions.js';
import { type Speech, speakingBackend, speeches, speechOf } from '../harness/speech.js';
import { OPENSSL_ABSENT, opensslIsThere, selfSigned } from '../harness/tls-servers.js';

const certificates = opensslIsThere ? certificatesOf(selfSigned('mail.test')) : null;
const protocols = speeches.map((speech) => [speech.protocol, speech] as const);
/** By a name, so that the mechanism is known and the words are the protocol's. */
const crams: readonly (readonly [string, Speech, string, RegExp])[] = [
  ['imap', speechOf('imap'), 'l AUTHENTICATE CRAM-MD5\r\n', /^\+ /],
  ['pop3', speechOf('pop3'), 'AUTH CRAM-MD5\r\n', /^\+ /],
  ['submission', speechOf('submission'), 'EHLO c\r\nAUTH CRAM-MD5\r\n', /^334 /],
  ['sieve', speechOf('sieve'), 'AUTHENTICATE "CRAM-MD5"\r\n', /^("|\{)/],
];

async function backendFor(speech: Speech, inside?: Parameters<typeof speakingBackend>[1]) {
  const backend = await speakingBackend(speech, inside);
  onTestFinished(backend.close);
  return backend;
}

/** Every octet in a write of its own, which the proxy has read before the next. */
async function sendSlowly(client: Lines, text: string): Promise<void> {
  for (const byte of Buffer.from(text, 'latin1')) {
    await new Promise<void>((resolve) => client.socket.write(Uint8Array.of(byte), () => setImmediate(resolve)));
  }
}

const MANY = 64 * 1024 * 1024;

/** Bytes that a stream takes until everybody in this process rests: what is between it and who does not read. */
async function fill(socket: Socket, text = 'x'.repeat(65_536)): Promise<number> {
  const chunk = Buffer.from(text, 'latin1');
  for (let taken = chunk.length; taken < MANY; taken += chunk.length) {
    if (!socket.write(chunk) && !(await drainsBeforeRest(socket))) return taken;
  }
  return MANY;
}

/** Whether a stream takes more before this process, and so the proxy, has had nothing to do for a while. */
async function drainsBeforeRest(socket: Socket): Promise<boolean> {
  const waited = new AbortController();
  const drained = once(socket, 'drain', { signal: waited.signal }).then(
    () => true,
    () => false,
  );
  try {
    for (;;) {
      const before = performance.eventLoopUtilization();
      const isDrained = await Promise.race([drained, pause(50, false)]);
      if (isDrained) return true;
      if (performance.eventLoopUtilization(before).idle > 40) return false;
    }
  } finally {
    waited.abort();
  }
}

/** What a client can do to leave. */
const leaving = {
  closes: (socket: Socket) => void socket.destroy(),
  resets: (socket: Socket) => void socket.resetAndDestroy(),
};

describe.each(protocols)('a %s client', (_, speech) => {
  it('may say everything octet by octet', async () => {
    const backend = await backendFor(speech);
    const proxy = await clearProxy(speech, backend.port);
    const client = await connected(proxy.ports[0]!);
    await client.until(speech.greeted);
    let last = '';
    for (const [command, answered] of speech.login('u', 'p')) {
      await sendSlowly(client, command);
      last = await client.until(answered);
    }
    expect(last.trimEnd().split('\r\n').at(-1)).toMatch(speech.succeeded);
    await sendSlowly(client, 'hello\r\n');
    expect(await client.until(/hello/)).toBe('echo hello\r\n');
    expect(proxy.logins).toHaveLength(1);
  });

  it.skipIf(!opensslIsThere)(`may say everything octet by octet, STARTTLS too (${OPENSSL_ABSENT})`, async () => {
    const backend = await backendFor(speech);
    const proxy = await clearProxy(speech, backend.port, {}, { tls: 'starttls', certificates });
    const clear = await connected(proxy.ports[0]!);
    await clear.until(speech.greeted);
    await sendSlowly(clear, speech.starttls[0]);
    await clear.until(speech.starttls[1]);
    const client = await secured(proxy.ports[0]!, clear.socket);
    if (speech.protocol === 'sieve') await client.until(/^OK/);
    let last = '';
    for (const [command, answered] of speech.login('u', 'p')) {
      await sendSlowly(client, command);
      last = await client.until(answered);
    }
    expect(last).toMatch(/(?:OK|235)/);
    expect(proxy.logins).toMatchObject([{ outcome: 'succeeded', starttls: true }]);
  });

  it.each(Object.entries(leaving))('that %s before it says anything is told of once', async (_, leave) => {
    const backend = await backendFor(speech);
    const proxy = await clearProxy(speech, backend.port);
    const client = await connected(proxy.ports[0]!);
    await client.until(speech.greeted);
    leave(client.socket);
    expect(await proxy.login(() => true)).toMatchObject({ outcome: 'none', reasonCode: 'no_auth_attempts' });
    await proxy.proxy.close(60_000);
    expect(proxy.logins).toHaveLength(1);
  });

  // One that closes may only have said its last: it is waited for as long as its backend may take.
  it.each(Object.entries(leaving))('that %s while its backend is linked to leaves no link', async (_, leave) => {
    const backend = await backendFor(speech);
    const proxy = await clearProxy(speech, backend.port, { limits: { backendTimeout: 300 } });
    const greeted = new Promise<void>((resolve) => {
      backend.fault = { at: 0, does: () => resolve() };
    });
    const client = await connected(proxy.ports[0]!);
    await client.until(speech.greeted);
    client.send(
      speech
        .login('u', 'p')
        .map(([command]) => command)
        .join(''),
    );
    await greeted;
    leave(client.socket);
    expect(await proxy.login(() => true)).toMatchObject({ outcome: 'refused', user: 'u', attempt: 1 });
    await backend.deserted();
    await proxy.proxy.close(60_000);
    expect(proxy.logins).toHaveLength(1);
  });

  it.each(Object.entries(leaving))('that %s while its backend thinks leaves no link', async (way, leave) => {
    const backend = await backendFor(speech);
    const proxy = await clearProxy(speech, backend.port, { limits: { backendTimeout: 300 } });
    const turns = { imap: 1, pop3: 2, submission: 2, smtp: 2, sieve: 1 }[speech.protocol];
    const asked = new Promise<void>((resolve) => {
      backend.fault = { at: turns, does: () => resolve() };
    });
    const client = await connected(proxy.ports[0]!);
    await client.until(speech.greeted);
    client.send(
      speech
        .login('u', 'p')
        .map(([command]) => command)
        .join(''),
    );
    await asked;
    leave(client.socket);
    expect(await proxy.login(() => true)).toMatchObject({
      outcome: 'refused',
      reasonCode: way === 'closes' ? 'proxy_dest_remote_failure' : 'auth_aborted_by_client',
      attempt: 1,
    });
    await backend.deserted();
    await proxy.proxy.close(60_000);
    expect(proxy.logins).toHaveLength(1);
  });

  it('that has said its last hears the answers to all it said', async () => {
    const backend = await backendFor(speech);
    const proxy = await clearProxy(speech, backend.port);
    const client = await connected(proxy.ports[0]!);
    await client.until(speech.greeted);
    const all = [...speech.login('u', 'wrong'), ...speech.login('u', 'p')].map(([command]) => command);
    client.socket.end(all.join(''), 'latin1');
    const heard = (await client.toEnd()).trimEnd().split('\r\n');
    expect(heard.at(-1)).toMatch(speech.succeeded);
    expect(heard.some((line) => speech.failed.test(line))).toBe(true);
    await backend.deserted();
    expect(proxy.logins.map(({ outcome, attempt }) => [outcome, attempt])).toEqual([
      ['failed', 1],
      ['succeeded', 2],
    ]);
  });

  it('that has said its last and then breaks off is still told of once', async () => {
    const backend = await backendFor(speech);
    const proxy = await clearProxy(speech, backend.port);
    const client = await connected(proxy.ports[0]!);
    await client.until(speech.greeted);
    client.socket.end();
    expect(await proxy.login(() => true)).toMatchObject({ outcome: 'none', reasonCode: 'no_auth_attempts' });
    await client.toEnd();
    await proxy.proxy.close(60_000);
    expect(proxy.logins).toHaveLength(1);
  });

  it('that never reads cannot make the proxy keep its answers', async () => {
    const backend = await backendFor(speech);
    const limits = { loginTimeout: 60_000, maxBytesBeforeLogin: 2 * MANY, maxBadCommands: 1e9 };
    const proxy = await clearProxy(speech, backend.port, { limits });
    const { socket } = await connected(proxy.ports[0]!);
    socket.pause();
    const ask =
      speech.protocol === 'pop3' ? 'CAPA' : /^(?:smtp|submission)$/.test(speech.protocol) ? 'EHLO c' : 'a CAPABILITY';
    // The system's buffers take some of it.
    expect(await fill(socket, `${ask}\r\n`.repeat(4096))).toBeLessThan(MANY);
    const closed = proxy.proxy.close(0);
    expect(await proxy.login(() => true)).toMatchObject({ outcome: 'none', reasonCode: 'shutting_down' });
    socket.destroy();
    await closed;
    expect(proxy.logins).toHaveLength(1);
  });
});

describe.each(crams)('a %s client that is challenged', (_, speech, ask, challenged) => {
  /** Greets with CRAM-MD5, and challenges. */
  async function challenging() {
    const backend = await backendFor({
      ...speech,
      greeting: speech.greeting.replace('AUTH=PLAIN', 'AUTH=CRAM-MD5').replace('"PLAIN"', '"CRAM-MD5"'),
      answer: (line) => {
        if (/CRAM-MD5/.test(line)) {
          const challenge = Buffer.from('<1@b>').toString('base64');
          const said = { imap: '+ ', pop3: '+ ', submission: '334 ', sieve: '"' } as Record<string, string>;
          return { text: `${said[speech.protocol]}${challenge}${speech.protocol === 'sieve' ? '"' : ''}\r\n` };
        }
        const answer = speech.answer(line);
        return { ...answer, text: answer.text.replace('PLAIN', 'CRAM-MD5') };
      },
    });
    const proxy = await clearProxy(speech, backend.port, {}, { mechanisms: ['CRAM-MD5'] });
    const client = await connected(proxy.ports[0]!);
    await client.until(speech.greeted);
    client.send(ask);
    await client.until(challenged);
    return { backend, proxy, client };
  }

  it.each(Object.entries(leaving))('and %s leaves no link', async (_, leave) => {
    const { backend, proxy, client } = await challenging();
    leave(client.socket);
    expect(await proxy.login(() => true)).toMatchObject({ outcome: 'refused', mechanism: 'CRAM-MD5', attempt: 1 });
    await backend.deserted();
    await proxy.proxy.close(60_000);
    expect(proxy.logins).toHaveLength(1);
  });

  it('and says nothing is let go when its time is up', async () => {
    const { backend, proxy, client } = await challenging();
    void proxy.proxy.close(0);
    expect(await proxy.login(() => true)).toMatchObject({ outcome: 'refused', mechanism: 'CRAM-MD5' });
    await client.toEnd();
    client.socket.destroy();
    await backend.deserted();
    expect(proxy.logins).toHaveLength(1);
  });
});

describe('sessions whose one side does not read', () => {
  it('hold up a backend whose client does not read, and give it all of it when it does', async () => {
    const speech = speechOf('imap');
    const inside: Socket[] = [];
    const backend = await backendFor(speech, (socket) => void inside.push(socket));
    const proxy = await clearProxy(speech, backend.port);
    const client = await connected(proxy.ports[0]!);
    await client.until(speech.greeted);
    await logIn(client, speech);
    client.socket.pause();
    const sent = await fill(inside[0]!);
    expect(sent).toBeLessThan(MANY);
    inside[0]!.end();
    let received = 0;
    client.socket.removeAllListeners('readable');
    client.socket.on('data', (chunk: Buffer) => (received += chunk.length));
    client.socket.resume();
    await once(client.socket, 'end');
    expect(received).toBe(sent);
  });

  it('hold up a client whose backend does not read', async () => {
    const speech = speechOf('imap');
    const backend = await backendFor(speech, (socket) => {
      socket.removeAllListeners('data');
      socket.pause();
    });
    const proxy = await clearProxy(speech, backend.port);
    const client = await connected(proxy.ports[0]!);
    await client.until(speech.greeted);
    await logIn(client, speech);
    expect(await fill(client.socket)).toBeLessThan(MANY);
  });
});

it('a proxy that closes has told of every client, also of one that goes while its backend is linked to', async () => {
  const speech = speechOf('imap');
  const backend = await backendFor(speech);
  const proxy = await clearProxy(speech, backend.port);
  const linked = new Promise<void>((resolve) => {
    backend.fault = { at: 0, does: () => resolve() };
  });
  const client = await connected(proxy.ports[0]!);
  await client.until(speech.greeted);
  client.send('l LOGIN u p\r\n');
  await linked;
  const closed = proxy.proxy.close(60_000);
  client.socket.resetAndDestroy();
  await closed;
  expect(proxy.logins).toHaveLength(1);
});
