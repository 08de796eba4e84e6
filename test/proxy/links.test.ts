import { once } from 'node:events';
import { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { SensorError } from '../../src/errors.js';
import type { BackendDialogue } from '../../src/proxy/dialogue.js';
import { hostThat, lineHost, refusingPort, resets, silent } from '../harness/backend-hosts.js';
import { LineDialogue, lineDialogues } from '../harness/line-dialogue.js';
import { backendOptions, IDENTITY, linkRequest, linksTo } from '../harness/links.js';
import { byteByByte } from '../harness/tls-servers.js';

const toClose: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
});

/** Ends with the test. */
function ending<T extends { readonly close: () => Promise<void> }>(host: T): T {
  toClose.push(host.close);
  return host;
}

async function refusalOf(promise: Promise<unknown>): Promise<SensorError> {
  const error = await promise.then(
    () => new Error('it was resolved'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SensorError);
  return error as SensorError;
}

/** Listeners for what a socket tells, by event. */
function listeners(stream: NodeJS.EventEmitter): Record<string, number> {
  const events = ['data', 'readable', 'end', 'error', 'close', 'connect', 'drain', 'timeout', 'finish'];
  return Object.fromEntries(events.map((event) => [event, stream.listenerCount(event)]));
}

describe('ready', () => {
  it('hands over a backend that waits for a login, and what it said of itself', async () => {
    const host = ending(await lineHost({ greeting: 'store ready' }));
    const backend = backendOptions([host], { forward: true });
    const { links } = linksTo([backend]);
    const link = await links.ready(linkRequest(backend, { identity: IDENTITY }));
    expect(link.host).toBe(`store (127.0.0.1:${host.port})`);
    expect(link.introduction).toEqual({
      mechanisms: ['PLAIN'],
      keywords: [],
      greeting: 'store ready',
      tookIdentity: true,
    });
    expect(links.introduction('store')).toEqual(link.introduction);
    expect(host.lines).toEqual(['WHO sess']);
    link.stream.destroy();
  });

  it('hands the stream over paused, without listeners, and with nothing lost', async () => {
    const host = ending(await lineHost({ ahead: 'AHEAD\n' }));
    const backend = backendOptions([host], { forward: true });
    const { links } = linksTo([backend]);
    const { stream, dialogue } = await links.ready(linkRequest(backend, { identity: IDENTITY }));
    expect(stream.isPaused()).toBe(true);
    expect(listeners(stream)).toEqual(listeners(new Socket()));
    const bytes: Buffer[] = [];
    stream.write('ONE\n');
    stream.on('data', (chunk: Buffer) => bytes.push(chunk)).resume();
    const wanted = 'AHEAD\nONE\n';
    const got = () => Buffer.concat([dialogue.rest(), ...bytes]).toString();
    while (got().length < wanted.length) await once(stream, 'data');
    expect(got()).toBe(wanted);
    stream.destroy();
  });

  it('reads a greeting that comes byte by byte', async () => {
    const host = ending(await hostThat((socket) => void byteByByte(Buffer.from('HI slow one\n'), socket)));
    const backend = backendOptions([host]);
    const link = await linksTo([backend]).links.ready(linkRequest(backend));
    expect(link.introduction.greeting).toBe('slow one');
    link.stream.destroy();
  });

  it('takes hosts in turn', async () => {
    const hosts = [ending(await lineHost()), ending(await lineHost()), ending(await lineHost())];
    const backend = backendOptions(hosts);
    const { links } = linksTo([backend]);
    for (let i = 0; i < 6; i++) (await links.ready(linkRequest(backend))).stream.destroy();
    expect(hosts.map((host) => host.count())).toEqual([2, 2, 2]);
  });

  it('connects by name, whichever family answers', async () => {
    const host = ending(await lineHost());
    const backend = backendOptions([{ host: 'localhost', port: host.port }]);
    const link = await linksTo([backend]).links.ready(linkRequest(backend));
    expect(link.host).toBe(`store (localhost:${host.port})`);
    link.stream.destroy();
  });
});

describe('a host that fails', () => {
  const faults: [string, (socket: Socket) => void, string, string][] = [
    ['closes at once', (socket) => socket.end(), 'proxy_dest_remote_failure', 'dialogue'],
    [
      'resets, told of the client',
      (socket) => {
        socket.write('HI there\n');
        socket.once('data', () => resets(socket));
      },
      'proxy_dest_remote_failure',
      'dialogue',
    ],
    ['closes in its greeting', (socket) => socket.end('HI the'), 'proxy_dest_remote_failure', 'dialogue'],
    ['greets with something else', (socket) => socket.write('SSH-2.0-x\n'), 'proxy_dest_protocol_failure', 'dialogue'],
    [
      'will not',
      (socket) => socket.write('NO too many\u001b[2J connections\n'),
      'proxy_dest_remote_failure',
      'dialogue',
    ],
  ];

  it.each(faults)('%s: the next one is taken', async (_, instead, code, field) => {
    const bad = ending(await lineHost({ instead }));
    const good = ending(await lineHost());
    const backend = backendOptions([bad, good]);
    const { links, notices } = linksTo([backend]);
    const link = await links.ready(linkRequest(backend, { identity: IDENTITY }));
    expect(link.host).toBe(`store (127.0.0.1:${good.port})`);
    link.stream.destroy();
    expect(notices.lines).toEqual([`warn a backend fails store (127.0.0.1:${bad.port})`]);
    // and it is not asked again for a while
    for (let i = 0; i < 3; i++) (await links.ready(linkRequest(backend, { identity: IDENTITY }))).stream.destroy();
    expect(bad.count()).toBe(1);
    const alone = backendOptions([bad]);
    const error = await refusalOf(linksTo([alone]).links.ready(linkRequest(alone, { identity: IDENTITY })));
    expect(error).toMatchObject({ code, field });
    expect(error.message).toContain(`store (127.0.0.1:${bad.port})`);
  });

  it('refuses: the message names the host and the system’s code', async () => {
    const port = await refusingPort();
    const backend = backendOptions([{ host: '127.0.0.1', port }]);
    const error = await refusalOf(linksTo([backend]).links.ready(linkRequest(backend)));
    expect(error).toMatchObject({ code: 'proxy_dest_connect_failed', field: 'connect' });
    expect(error.message).toBe(`store (127.0.0.1:${port}) cannot be connected to (ECONNREFUSED)`);
  });

  it('shows nothing of a terminal in its words', async () => {
    const host = ending(await lineHost({ instead: (socket) => socket.write(`NO \u001b[2J${'x'.repeat(5000)}\n`) }));
    const backend = backendOptions([host]);
    const error = await refusalOf(linksTo([backend]).links.ready(linkRequest(backend)));
    expect(error.message).not.toMatch(/\p{Cc}/u);
    expect(error.message.length).toBeLessThan(300);
  });

  it('is silent: the time for answers is over, and the connection is closed', async () => {
    const dumb = ending(await hostThat(silent));
    const good = ending(await lineHost());
    const backend = backendOptions([dumb, good]);
    const { links } = linksTo([backend], { backendTimeout: 50 });
    const link = await links.ready(linkRequest(backend));
    expect(link.host).toBe(`store (127.0.0.1:${good.port})`);
    link.stream.destroy();
    const alone = backendOptions([dumb]);
    const error = await refusalOf(linksTo([alone], { backendTimeout: 50 }).links.ready(linkRequest(alone)));
    expect(error).toMatchObject({ code: 'proxy_dest_remote_failure', field: 'dialogue' });
  });

  it('drips its greeting without end: each byte wins it no time', async () => {
    const host = ending(
      await hostThat((socket) => {
        const drip = () => {
          if (!socket.destroyed) socket.write('H', () => setTimeout(drip, 5));
        };
        drip();
      }),
    );
    const backend = backendOptions([host]);
    const error = await refusalOf(linksTo([backend], { backendTimeout: 100 }).links.ready(linkRequest(backend)));
    expect(error).toMatchObject({ code: 'proxy_dest_remote_failure', field: 'dialogue' });
  });

  it('every one fails: the message has them all, the code is the last one’s', async () => {
    const port = await refusingPort();
    const bad = ending(await lineHost({ instead: (socket) => socket.write('what?\n') }));
    const backend = backendOptions([{ host: '127.0.0.1', port }, bad]);
    const error = await refusalOf(linksTo([backend]).links.ready(linkRequest(backend)));
    expect(error.code).toBe('proxy_dest_protocol_failure');
    expect(error.message).toContain(`(127.0.0.1:${port})`);
    expect(error.message).toContain(`(127.0.0.1:${bad.port})`);
  });

  it('a backend without hosts', async () => {
    const backend = backendOptions([]);
    const error = await refusalOf(linksTo([backend]).links.ready(linkRequest(backend)));
    expect(error).toMatchObject({ code: 'proxy_dest_internal_failure', field: 'hosts' });
  });

  it('a dialogue with a fault of its own costs that link alone', async () => {
    class Faulty extends LineDialogue {
      override push(): never {
        throw new TypeError('a fault');
      }
    }
    const host = ending(await lineHost());
    const backend = backendOptions([host]);
    const { links, notices } = linksTo([backend], {
      dialogueFor: { ...lineDialogues, imap: (settings): BackendDialogue => new Faulty(settings) },
    });
    const error = await refusalOf(links.ready(linkRequest(backend)));
    expect(error).toMatchObject({ code: 'proxy_dest_internal_failure', field: 'dialogue' });
    expect(notices.lines).toEqual([]);
  });
});

describe('a client that goes', () => {
  it('before: nobody is asked', async () => {
    const host = ending(await lineHost());
    const backend = backendOptions([host]);
    const error = await refusalOf(
      linksTo([backend]).links.ready(linkRequest(backend, { signal: AbortSignal.abort() })),
    );
    expect(error).toMatchObject({ code: 'proxy_dest_internal_failure', field: 'signal' });
    expect(host.count()).toBe(0);
  });

  it('meanwhile: the connection is closed, the host is not to blame, and no other is asked', async () => {
    const gone = new AbortController();
    let closed: Promise<unknown> | undefined;
    const dumb = ending(
      await hostThat((socket) => {
        closed = once(socket.resume(), 'close');
        gone.abort();
      }),
    );
    const good = ending(await lineHost());
    const backend = backendOptions([dumb, good]);
    const { links, notices } = linksTo([backend]);
    const error = await refusalOf(links.ready(linkRequest(backend, { signal: gone.signal })));
    expect(error).toMatchObject({ code: 'proxy_dest_internal_failure', field: 'signal' });
    await closed;
    expect(good.count()).toBe(0);
    expect(notices.lines).toEqual([]);
  });

  it('afterwards: a link that was handed out is left alone', async () => {
    const host = ending(await lineHost());
    const backend = backendOptions([host]);
    const gone = new AbortController();
    const { stream } = await linksTo([backend]).links.ready(linkRequest(backend, { signal: gone.signal }));
    gone.abort();
    stream.write('STILL\n');
    const [answer] = (await once(stream.resume(), 'data')) as [Buffer];
    expect(answer.toString()).toBe('STILL\n');
    stream.destroy();
  });
});

describe('raw', () => {
  it('hands over a connection nobody has read from', async () => {
    const host = ending(await lineHost({ greeting: 'x' }));
    const backend = backendOptions([host]);
    const { socket, host: label } = await linksTo([backend]).links.raw(linkRequest(backend), false);
    expect(label).toBe(`store (127.0.0.1:${host.port})`);
    expect(socket.isPaused()).toBe(true);
    expect(listeners(socket)).toEqual(listeners(new Socket()));
    const [first] = (await once(socket.resume(), 'data')) as [Buffer];
    expect(first.toString()).toBe('HI x\n');
    socket.destroy();
  });

  it('fails over like any link', async () => {
    const port = await refusingPort();
    const good = ending(await lineHost());
    const backend = backendOptions([{ host: '127.0.0.1', port }, good]);
    const { socket, host } = await linksTo([backend]).links.raw(linkRequest(backend), false);
    expect(host).toBe(`store (127.0.0.1:${good.port})`);
    socket.destroy();
  });
});

describe('many links', () => {
  it('on one signal leave no listener and no connection behind', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const host = ending(await lineHost());
    const refused = await refusingPort();
    const backend = backendOptions([{ host: '127.0.0.1', port: refused }, host]);
    const { links } = linksTo([backend]);
    const { signal } = new AbortController();
    for (let round = 0; round < 300; round++) {
      const batch = await Promise.all(Array.from({ length: 10 }, () => links.ready(linkRequest(backend, { signal }))));
      await Promise.all(batch.map(({ stream }) => once(stream.destroy(), 'close')));
    }
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
    expect(host.count()).toBe(3000);
    while (host.open() > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});
