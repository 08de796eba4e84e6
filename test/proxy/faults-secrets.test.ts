import { once } from 'node:events';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ProxiedLogin } from '../../src/model/index.js';
import type { Accepted, Services } from '../../src/proxy/accepted.js';
import type { Attempt } from '../../src/proxy/attempt.js';
import type { BackendDialogue, ClientDialogue } from '../../src/proxy/dialogue.js';
import { backendDialogues, clientDialogue } from '../../src/proxy/dialogues.js';
import { BackendLinks } from '../../src/proxy/link/index.js';
import { Tarpits } from '../../src/proxy/policy/index.js';
import { TerminatedSession } from '../../src/proxy/terminated/session.js';
import { SECRET, secretForms } from '../harness/fuzz.js';
import type { Lines } from '../harness/imap-script.js';
import { backendWith, listenerWith, type Notice, proxyOptions } from '../harness/login-proxy.js';
import { clearProxy, connected, logIn } from '../harness/sessions.js';
import { type Fault, faults, type Speech, speakingBackend, speeches, speechOf } from '../harness/speech.js';
import { closer, listen } from '../harness/tls-servers.js';

async function backendFor(speech: Speech) {
  const backend = await speakingBackend(speech);
  onTestFinished(backend.close);
  return backend;
}

function expectNoSecret(what: string, things: readonly unknown[]): void {
  const shown = things.flatMap((thing) => [
    JSON.stringify(thing) ?? '',
    inspect(thing, { depth: 12, showHidden: true, maxArrayLength: null }),
  ]);
  for (const form of secretForms) {
    const found = shown.find((text) => text.includes(form));
    if (found !== undefined) expect.fail(`${what} shows ${form}: ${found.slice(0, 2000)}`);
  }
}

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const plain = base64(`\0u\0${SECRET}`);

/** What clients with the password do wrong, by protocol. */
const mistakes: Readonly<Record<string, readonly string[]>> = {
  imap: [
    `l AUTHENTICATE PLAIN ${plain}!\r\n`,
    `l AUTHENTICATE PLAIN\r\n${plain}!\r\n`,
    `l AUTHENTICATE UNKNOWN ${plain}\r\n`,
    `l LOGIN u ${SECRET} more\r\n`,
    `l LOGIN "u" "${SECRET}\r\n`,
    `l LOGIN u {8}\r\n${SECRET}more\r\n`,
    `x ${SECRET}\r\n`,
    `l LOGIN u ${SECRET}${'x'.repeat(2000)}\r\n`,
    `l LOGIN u {999999}\r\n${SECRET}\r\n`,
  ],
  pop3: [
    `PASS ${SECRET}\r\n`,
    `USER\r\nPASS ${SECRET}\r\n`,
    `USER u\r\nPASS ${SECRET}\0\r\n`,
    `AUTH PLAIN ${plain}!\r\n`,
    `AUTH PLAIN\r\n${plain}!\r\n`,
    `AUTH UNKNOWN ${plain}\r\n`,
    `USER u\r\nPASS ${SECRET}${'x'.repeat(2000)}\r\n`,
    `${SECRET}\r\n`,
  ],
  submission: [
    `AUTH PLAIN ${plain}\r\n`,
    `EHLO c\r\nAUTH PLAIN ${plain}!\r\n`,
    `EHLO c\r\nAUTH PLAIN\r\n${plain}!\r\n`,
    `EHLO c\r\nAUTH UNKNOWN ${plain}\r\n`,
    `EHLO c\r\nAUTH PLAIN ${plain}${'x'.repeat(2000)}\r\n`,
    `${SECRET}\r\n`,
  ],
  sieve: [
    `AUTHENTICATE "PLAIN" "${plain}!"\r\n`,
    `AUTHENTICATE "PLAIN" "${plain}\r\n`,
    `AUTHENTICATE "UNKNOWN" "${plain}"\r\n`,
    `AUTHENTICATE "PLAIN" {9999+}\r\n${plain}\r\n`,
    `AUTHENTICATE "PLAIN"\r\n"${plain}!"\r\n`,
    `"${SECRET}"\r\n`,
  ],
};

describe.each(speeches.map((speech) => [speech.protocol, speech] as const))('a password of %s', (protocol, speech) => {
  it('is shown nowhere, whatever becomes of the login', async () => {
    const backend = await backendFor(speech);
    const proxy = await clearProxy(speech, backend.port, { limits: { backendTimeout: 50 } });
    /** Says what it was told, as some servers do with what they do not understand. */
    const quotes: Fault = (socket) => {
      const told = backend.said.at(-1)!;
      const words = { imap: `l NO ${told}`, pop3: `-ERR ${told}`, sieve: `NO "${told.replaceAll('"', "'")}"` };
      socket.write(`${(words as Record<string, string>)[protocol] ?? `535 5.7.8 ${told}`}\r\n`, 'latin1');
    };
    const all: readonly (Fault | null)[] = [null, quotes, ...Object.values<Fault>(faults)];
    const last = { imap: 1, pop3: 2, submission: 2, smtp: 2, sieve: 1 }[protocol];
    for (const does of all) {
      backend.fault = does === null ? null : { at: last, does };
      const client = await connected(proxy.ports[0]!);
      await client.until(speech.greeted);
      expect(await logIn(client, speech, 'u', SECRET)).not.toMatch(speech.succeeded);
      client.socket.destroy();
    }
    expect(proxy.logins).toHaveLength(all.length);
    expect(backend.said.some((line) => secretForms.some((form) => line.includes(form)))).toBe(true);
    expectNoSecret('a log', [proxy.logins, proxy.notices, proxy.observations, proxy.proxy]);
    expect(proxy.notices.filter(({ message }) => /failed/.test(message))).toEqual([]);
  });

  it('is shown nowhere where the client says it wrongly', async () => {
    const backend = await backendFor(speech);
    const proxy = await clearProxy(speech, backend.port, { limits: { maxLine: 1024, loginTimeout: 60_000 } });
    for (const mistake of mistakes[protocol] ?? mistakes.submission!) {
      const client = await connected(proxy.ports[0]!);
      const { localPort } = client.socket;
      await client.until(speech.greeted);
      client.socket.end(mistake, 'latin1');
      const answer = await client.toEnd();
      for (const form of secretForms) expect(answer).not.toContain(form);
      await proxy.login(({ remote }) => remote.port === localPort);
    }
    await proxy.proxy.close(60_000);
    expectNoSecret('a log', [proxy.logins, proxy.notices, proxy.proxy]);
  });

  it('is shown nowhere where logins are refused', async () => {
    const backend = await backendFor(speech);
    const log = { failing: true, write: () => {} };
    const proxy = await clearProxy(speech, backend.port, { whenUnrecorded: 'refuse' }, {}, {}, { log });
    const client = await connected(proxy.ports[0]!);
    await client.until(speech.greeted);
    expect(await logIn(client, speech, 'u', SECRET)).toMatch(speech.unavailable);
    expect(backend.said.filter((line) => secretForms.some((form) => line.includes(form)))).toEqual([]);
    expectNoSecret('a notice', [proxy.notices, proxy.proxy]);
  });
});

/** A session whose dialogues can be tampered with, for one client. */
async function tampered(
  tamper: { client?: (dialogue: ClientDialogue) => void; backend?: (dialogue: BackendDialogue) => void },
  answer: Speech['answer'] = speechOf('imap').answer,
) {
  const greeting = speechOf('imap').greeting.replace('AUTH=PLAIN', 'AUTH=PLAIN AUTH=CRAM-MD5');
  const backend = await backendFor({ ...speechOf('imap'), greeting, answer });
  const options = proxyOptions(
    [listenerWith({ tls: 'none', cleartext: true, mechanisms: ['PLAIN', 'CRAM-MD5'] })],
    [backendWith(backend.port)],
  );
  const logins: ProxiedLogin[] = [];
  const notices: Notice[] = [];
  const notice = (message: string, details?: Notice['details']) => void notices.push({ message, details });
  const attempts: Attempt[] = [];
  const links = new BackendLinks(
    options,
    { info: notice, warn: notice },
    {
      ...backendDialogues,
      imap: (settings) => {
        const dialogue = backendDialogues.imap(settings);
        tamper.backend?.(dialogue);
        return dialogue;
      },
    },
  );
  await links.start();
  const services: Services = {
    options,
    ports: {
      log: { failing: false, write: (login) => void logins.push(login) },
      recorder: null,
      recognize: null,
      notices: { info: notice, warn: notice },
    },
    links,
    tarpits: new Tarpits(1),
    route: () => options.backends.get('backend')!,
    clientDialogue: (protocol, settings) => {
      const dialogue = clientDialogue(protocol, settings);
      const push = dialogue.push.bind(dialogue);
      dialogue.push = (bytes) => {
        const steps = push(bytes);
        for (const step of steps) if (step.step === 'attempt') attempts.push(step.attempt);
        return steps;
      };
      tamper.client?.(dialogue);
      return dialogue;
    },
  };
  const over = new AbortController();
  const sessions: TerminatedSession[] = [];
  const runs: Promise<void>[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const accepted: Accepted = {
      socket,
      listener: options.listeners[0]!,
      session: 'session',
      remote: { ip: '127.0.0.1', port: socket.remotePort! },
      local: { ip: '127.0.0.1', port: 143 },
      tlsInFront: false,
      trusted: false,
      startedAt: 0,
      signal: over.signal,
    };
    const context = () => {
      throw new TypeError('no TLS here');
    };
    const session = new TerminatedSession(accepted, services, context, () => {});
    sessions.push(session);
    runs.push(session.run());
  });
  onTestFinished(closer(server));
  const client: Lines = await connected(await listen(server));
  return { backend, logins, notices, attempts, sessions, runs, client, over };
}

const broken = (): never => {
  throw new Error('a mistake');
};

describe('a mistake of ours', () => {
  it.each(['begin', 'push', 'respond'] as const)(
    'in %s of the dialogue with a backend costs one login, which may be tried again',
    async (method) => {
      let isBroken = false;
      const session = await tampered(
        {
          backend: (dialogue) => {
            const whole = dialogue[method].bind(dialogue) as (argument: never) => never;
            (dialogue as unknown as Record<string, unknown>)[method] = (argument: never) =>
              isBroken ? broken() : whole(argument);
          },
        },
        (line) => {
          // Once the login is asked for: what comes before it is the link's.
          if (/AUTHENTICATE/.test(line) && method === 'push') isBroken = true;
          if (/CRAM-MD5/.test(line)) return { text: `+ ${base64('<1@b>')}\r\n` };
          return speechOf('imap').answer(line);
        },
      );
      const { client, logins, notices, backend } = session;
      await client.until(/^\* OK/);
      isBroken = method !== 'push';
      if (method === 'respond') {
        client.send('l AUTHENTICATE CRAM-MD5\r\n');
        await client.until(/^\+ /);
        client.send(`${base64(`u ${SECRET}`)}\r\n`);
      } else client.send(`l LOGIN u ${SECRET}\r\n`);
      expect(await client.until(/^l /)).toMatch(/l NO \[UNAVAILABLE\]/);
      expect(logins).toMatchObject([{ outcome: 'refused', reasonCode: 'internal_failure', attempt: 1 }]);
      expect(notices.map(({ message }) => message)).toEqual(['a login failed']);
      await backend.deserted();
      expectNoSecret('a session', [logins, notices, session.sessions]);
      // `push` breaks anew with each login here.
      if (method === 'push') return;
      isBroken = false;
      client.send('l LOGIN u p\r\n');
      expect(await client.until(/^l /)).toMatch(/^l OK/);
    },
  );

  it.each(['greet', 'push', 'challenge', 'finish', 'close'] as const)(
    'in %s of the dialogue with a client costs no more than its session, and is told of once',
    async (method) => {
      const session = await tampered(
        {
          client: (dialogue) => {
            (dialogue as unknown as Record<string, unknown>)[method] = broken;
          },
        },
        (line) => (/CRAM-MD5/.test(line) ? { text: `+ ${base64('<1@b>')}\r\n` } : speechOf('imap').answer(line)),
      );
      const { client, logins, notices, backend, runs, over } = session;
      if (method !== 'greet') await client.until(/^\* OK/);
      if (method === 'challenge') client.send('l AUTHENTICATE CRAM-MD5\r\n');
      else if (method === 'close') over.abort('shutting_down');
      else client.send(`l LOGIN u ${SECRET}\r\n`);
      // Here its answer can still be said.
      if (method === 'challenge') expect(await client.until(/^l /)).toMatch(/^l NO \[UNAVAILABLE\]/);
      else await client.toEnd();
      client.socket.destroy();
      await Promise.all(runs);
      expect(logins).toHaveLength(1);
      expect(notices.map(({ message }) => message)).toContain(
        method === 'challenge' ? 'a login failed' : 'a session failed',
      );
      await backend.deserted();
      expectNoSecret('a session', [logins, notices, session.sessions]);
    },
  );
});

describe('secrets', () => {
  it('are overwritten when their attempt has ended, however it ends', async () => {
    const session = await tampered({});
    const { client, attempts, backend } = session;
    await client.until(/^\* OK/);
    client.send(`l LOGIN u ${SECRET}\r\n`);
    await client.until(/^l NO/);
    backend.fault = { at: 1, does: faults.closes };
    client.send(`l LOGIN u ${SECRET}\r\n`);
    await client.until(/^l NO/);
    backend.fault = null;
    client.send('l LOGIN u p\r\n');
    await client.until(/^l OK/);
    expect(attempts).toHaveLength(3);
    for (const { credentials } of attempts) {
      if (credentials.kind !== 'password') throw new Error('not a password');
      expect(credentials.password.length).toBeGreaterThan(0);
      expect(credentials.password.reveal().every((octet) => octet === 0)).toBe(true);
    }
  });

  it('are hidden in what a backend quotes, and the rest of its words is kept', async () => {
    const session = await tampered({}, (line) => ({ text: `l NO I do not know "${line}".\r\n` }));
    const { client, logins } = session;
    await client.until(/^\* OK/);
    client.send(`l LOGIN u ${SECRET}\r\n`);
    await client.until(/^l NO/);
    expect(logins[0]!.reason).toBe('I do not know "l AUTHENTICATE PLAIN (hidden)".');
  });
});

it('a login that has gone round in circles is refused', async () => {
  const speech = speechOf('pop3');
  const backend = await backendFor(speech);
  const proxy = await clearProxy(speech, backend.port, {}, { trustedNetworks: ['127.0.0.0/8'] });
  const client = await connected(proxy.ports[0]!);
  await client.until(speech.greeted);
  client.send('XCLIENT TTL=1\r\n');
  await client.until(/^\+OK/);
  expect(await logIn(client, speech)).toMatch(speech.unavailable);
  expect(proxy.logins).toMatchObject([
    {
      outcome: 'refused',
      reasonCode: 'proxy_dest_internal_failure',
      reason: expect.stringMatching(/TTL reached zero/),
    },
  ]);
  client.socket.destroy();
  await once(client.socket, 'close');
});
