import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BackendDialogueSettings } from '../../src/proxy/dialogue.js';
import { hostThat, type LineHost, lineHost, refusingPort, silent } from '../harness/backend-hosts.js';
import { LineDialogue, lineDialogues } from '../harness/line-dialogue.js';
import { backendOptions, IDENTITY, linkRequest, linksTo, listenerOptions } from '../harness/links.js';

const toClose: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
});

async function host(settings: LineHost = {}, port?: number) {
  const made = await lineHost(settings, port);
  toClose.push(made.close);
  return made;
}

function underTest(...args: Parameters<typeof linksTo>) {
  const made = linksTo(...args);
  toClose.push(() => made.links.close());
  return made;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const told = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
};

describe('start', () => {
  it('asks each backend who it is, and says goodbye', async () => {
    const one = await host({ greeting: 'one' });
    const two = await host({ greeting: 'two' });
    const backends = [backendOptions([one], { name: 'a' }), backendOptions([two], { name: 'b' })];
    const { links, notices } = underTest(backends, {
      listeners: [
        listenerOptions({ route: { by: 'static', backend: 'a' } }),
        listenerOptions({ route: { by: 'static', backend: 'b' }, protocol: 'pop3' }),
      ],
    });
    expect(links.introduction('a')).toBeNull();
    await links.start();
    expect(links.introduction('a')?.greeting).toBe('one');
    expect(links.introduction('b')?.greeting).toBe('two');
    expect(links.introduction('c')).toBeNull();
    await until(() => one.open() === 0 && two.open() === 0);
    expect([one.lines, two.lines]).toEqual([['BYE'], ['BYE']]);
    expect(notices.lines).toEqual([]);
  });

  it('asks the next host where one fails, and settles where all do', async () => {
    const port = await refusingPort();
    const good = await host({ greeting: 'good' });
    const backends = [
      backendOptions([{ host: '127.0.0.1', port }, good], { name: 'a' }),
      backendOptions([{ host: '127.0.0.1', port }], { name: 'b' }),
    ];
    const route = { by: 'sni', names: new Map([['x', 'a']]), otherwise: 'b' } as const;
    const { links, notices } = underTest(backends, { listeners: [listenerOptions({ route })] });
    await links.start();
    expect(links.introduction('a')?.greeting).toBe('good');
    expect(links.introduction('b')).toBeNull();
    expect(notices.lines.toSorted()).toEqual([
      `warn a backend fails a (127.0.0.1:${port})`,
      `warn a backend fails b (127.0.0.1:${port})`,
    ]);
  });

  it('does not wait for a silent host where another has answered', async () => {
    const dumb = await hostThat(silent);
    toClose.push(dumb.close);
    const good = await host();
    const backend = backendOptions([dumb, good], { healthInterval: 60_000 });
    const { links } = underTest([backend]);
    await links.start();
    expect(links.introduction('store')).not.toBeNull();
    // close() ends the check that still waits
    links.close();
    await until(() => dumb.open() === 0);
  });

  it('does not ask a backend whose protocol nobody knows, until a client has come', async () => {
    const store = await host();
    const backend = backendOptions([store], { healthInterval: 60_000 });
    const route = {
      by: 'user',
      rules: [{ match: 'pattern', pattern: '(.*)', backend: '$1' }],
      otherwise: null,
    } as const;
    const { links } = underTest([backend], {
      listeners: [listenerOptions({ route }), listenerOptions({ route, protocol: 'pop3' })],
    });
    await links.start();
    expect(store.count()).toBe(0);
    (await links.ready(linkRequest(backend, { protocol: 'pop3' }))).stream.destroy();
    await until(() => store.lines.includes('BYE'));
    expect(store.count()).toBe(2);
  });
});

describe('health checks', () => {
  it('tell of a host that goes and comes back, once each, and links pass it by meanwhile', async () => {
    const port = await refusingPort();
    const good = await host();
    const backend = backendOptions([{ host: '127.0.0.1', port }, good], { healthInterval: 5 });
    const { links, notices } = underTest([backend]);
    await links.start();
    await notices.reach(1);
    await until(() => good.count() > 5);
    const label = `store (127.0.0.1:${port})`;
    expect(notices.lines).toEqual([`warn a backend fails ${label}`]);
    for (let i = 0; i < 4; i++) {
      const link = await links.ready(linkRequest(backend));
      expect(link.host).toBe(`store (127.0.0.1:${good.port})`);
      link.stream.destroy();
    }
    const back = await host({}, port);
    await notices.reach(2);
    await until(() => back.count() > 3);
    expect(notices.lines).toEqual([`warn a backend fails ${label}`, `info a backend is back ${label}`]);
    const taken = new Set<string>();
    for (let i = 0; i < 2; i++) {
      const link = await links.ready(linkRequest(backend));
      taken.add(link.host);
      link.stream.destroy();
    }
    expect(taken.has(label)).toBe(true);
  });

  it('end with close, and leave no timer; links that were handed out live on', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const store = await host();
      const backend = backendOptions([store], { healthInterval: 1000 });
      const { links } = underTest([backend]);
      await links.start();
      const { stream } = await links.ready(linkRequest(backend));
      await until(() => store.open() === 1);
      // the next check's alone
      await until(() => vi.getTimerCount() === 1);
      vi.advanceTimersByTime(1000);
      await until(() => store.count() === 3 && store.open() === 1 && vi.getTimerCount() === 1);
      links.close();
      expect(vi.getTimerCount()).toBe(0);
      stream.write('STILL\n');
      const [answer] = (await once(stream.resume(), 'data')) as [Buffer];
      expect(answer.toString()).toBe('STILL\n');
      stream.destroy();
    } finally {
      vi.useRealTimers();
    }
  });

  it('tell the backend of a client with TLS at our own address, and notice one that does not listen', async () => {
    let knows = false;
    const store = await host({ header: true, knows: () => knows });
    const settings: BackendDialogueSettings[] = [];
    const backend = backendOptions([store], { proxyProtocol: 2, forward: true, healthInterval: 5 });
    const { links, notices } = underTest([backend], {
      listeners: [listenerOptions({ protocol: 'pop3' })],
      dialogueFor: {
        ...lineDialogues,
        pop3: (given) => {
          settings.push(given);
          return new LineDialogue(given);
        },
      },
    });
    await links.start();
    expect(store.headers[0]).toMatchObject({
      command: 'PROXY',
      src: { ip: '127.0.0.1' },
      dst: { ip: '127.0.0.1', port: store.port },
    });
    expect(store.headers[0]?.ssl).toMatchObject({ ssl: true, version: null });
    expect(settings[0]).toMatchObject({
      hostname: 'proxy.example.org',
      identity: { tls: true, forward: [], clientId: null, remote: { ip: '127.0.0.1' }, local: { port: store.port } },
    });
    await until(() => store.count() > 3);
    const label = `store (127.0.0.1:${store.port})`;
    const warning = `warn a backend does not take what it is told of clients: it must trust this proxy ${label}`;
    expect(notices.lines).toEqual([warning]);
    knows = true;
    await until(() => links.introduction('store')?.tookIdentity === true);
    const seen = store.count();
    await until(() => store.count() > seen + 2);
    expect(notices.lines).toEqual([warning]);
  });

  it('speak for themselves where the client’s TLS goes on to the backend', async () => {
    const store = await host({ header: true });
    const backend = backendOptions([store], { proxyProtocol: 2, forward: true });
    const listeners = [listenerOptions({ mode: 'passed_through', tls: 'none' })];
    const { links } = underTest([backend], { listeners });
    await links.start();
    expect(store.headers[0]).toMatchObject({ version: 2, command: 'LOCAL' });
    await until(() => store.open() === 0);
    expect(store.lines).toEqual(['BYE']);
  });
});

describe('introductions', () => {
  it('are those of clients with TLS, where there are some', async () => {
    const store = await host({ greeting: 'no TLS', header: true });
    const backend = backendOptions([store], { proxyProtocol: 2 });
    const { links } = underTest([backend]);
    (await links.ready(linkRequest(backend))).stream.destroy();
    expect(links.introduction('store')?.greeting).toBe('no TLS');
    await store.close();
    const again = await host({ greeting: 'TLS', header: true }, store.port);
    (await links.ready(linkRequest(backend, { tls: told }))).stream.destroy();
    expect(links.introduction('store')?.greeting).toBe('TLS');
    await again.close();
    await host({ greeting: 'no TLS', header: true }, store.port);
    (await links.ready(linkRequest(backend, { identity: null }))).stream.destroy();
    expect(links.introduction('store')?.greeting).toBe('TLS');
  });

  it('count as theirs where the backend took our word for the TLS', async () => {
    const store = await host({ greeting: 'trusting' });
    const backend = backendOptions([store], { forward: true });
    const { links } = underTest([backend]);
    (await links.ready(linkRequest(backend, { identity: IDENTITY }))).stream.destroy();
    await store.close();
    await host({ greeting: 'without' }, store.port);
    (await links.ready(linkRequest(backend, { identity: { ...IDENTITY, tls: false } }))).stream.destroy();
    expect(links.introduction('store')?.greeting).toBe('trusting');
  });

  it('are inherited by the links of a new configuration', async () => {
    const store = await host({ greeting: 'before' });
    const backend = backendOptions([store]);
    const former = underTest([backend]).links;
    await former.start();
    const { links } = underTest([backend]);
    links.inherit(former);
    expect(links.introduction('store')?.greeting).toBe('before');
  });
});
