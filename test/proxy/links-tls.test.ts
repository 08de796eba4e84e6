import { once } from 'node:events';
import { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SensorError } from '../../src/errors.js';
import type { BackendOptions } from '../../src/proxy/options.js';
import { hostThat, type LineHost, lineHost, silent } from '../harness/backend-hosts.js';
import { backendOptions, IDENTITY, linkRequest, linksTo } from '../harness/links.js';
import { type KeyAndCertificate, OPENSSL_ABSENT, opensslIsThere, selfSigned } from '../harness/tls-servers.js';

const NAME = 'store.example.org';
const toClose: (() => Promise<void>)[] = [];
let certificate: KeyAndCertificate;
let forAddress: KeyAndCertificate;
let other: KeyAndCertificate;

afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
});

async function host(settings: LineHost) {
  const made = await lineHost(settings);
  toClose.push(made.close);
  return made;
}

async function refusalOf(promise: Promise<unknown>): Promise<SensorError> {
  const error = await promise.then(
    () => new Error('it was resolved'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SensorError);
  return error as SensorError;
}

const trusting = (ca: KeyAndCertificate, serverName: string | null = NAME): BackendOptions['verify'] => ({
  ca: ca.cert.toString(),
  serverName,
  insecure: false,
});

describe.skipIf(!opensslIsThere)(`TLS to backends (${OPENSSL_ABSENT})`, () => {
  beforeAll(() => {
    certificate = selfSigned(NAME);
    forAddress = selfSigned(NAME, 'IP:127.0.0.1');
    other = selfSigned('other.example.org');
  });

  describe.each(['implicit', 'starttls'] as const)('%s', (tls) => {
    const served = (options: KeyAndCertificate, more: LineHost = {}) => host({ ...more, tls: { when: tls, options } });

    it('a certificate of the name that is wanted, which is asked for as server name', async () => {
      const store = await served(certificate, { ahead: 'AHEAD\n' });
      const backend = backendOptions([store], { tls, verify: trusting(certificate), forward: true });
      const { stream, introduction, dialogue } = await linksTo([backend]).links.ready(
        linkRequest(backend, { identity: IDENTITY }),
      );
      expect(stream).toBeInstanceOf(TLSSocket);
      expect(introduction).toMatchObject({ tookIdentity: true, greeting: 'there' });
      expect(store.names).toEqual([NAME]);
      expect(stream.isPaused()).toBe(true);
      expect(stream.listenerCount('data')).toBe(0);
      const bytes: Buffer[] = [];
      stream.write('ONE\n');
      stream.on('data', (chunk: Buffer) => bytes.push(chunk)).resume();
      const got = () => Buffer.concat([dialogue.rest(), ...bytes]).toString();
      while (got().length < 'AHEAD\nONE\n'.length) await once(stream, 'data');
      expect(got()).toBe('AHEAD\nONE\n');
      // Who is told of the client is told inside TLS alone.
      expect(store.lines).toEqual(tls === 'starttls' ? ['TLS?', 'WHO sess', 'ONE'] : ['WHO sess', 'ONE']);
      stream.destroy();
    });

    it('a certificate of the address, where no name is given; an address is no server name', async () => {
      const store = await served(forAddress);
      const backend = backendOptions([store], { tls, verify: trusting(forAddress, null) });
      const { stream } = await linksTo([backend]).links.ready(linkRequest(backend));
      stream.write('ONE\n');
      await once(stream.resume(), 'data'); // by then the server's handshake is over, too
      expect(store.names).toEqual([false]);
      stream.destroy();
    });

    it.each<[string, () => [KeyAndCertificate, BackendOptions['verify']], string]>([
      ['another name', () => [certificate, trusting(certificate, 'mail.example.org')], 'ERR_TLS_CERT_ALTNAME_INVALID'],
      ['another address', () => [certificate, trusting(certificate, null)], 'ERR_TLS_CERT_ALTNAME_INVALID'],
      ['an authority nobody trusts', () => [certificate, trusting(other)], 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      [
        'an authority the system does not know',
        () => [certificate, { ca: null, serverName: NAME, insecure: false }],
        'DEPTH_ZERO_SELF_SIGNED_CERT',
      ],
    ])('a certificate of %s: refused, and the next host is asked', async (_, make, code) => {
      const [shown, verify] = make();
      const bad = await served(shown);
      const backend = backendOptions([bad], { tls, verify });
      const error = await refusalOf(linksTo([backend]).links.ready(linkRequest(backend, { identity: IDENTITY })));
      expect(error).toMatchObject({ code: 'proxy_dest_connect_failed', field: 'tls' });
      expect(error.message).toBe(`store (127.0.0.1:${bad.port}) failed in the TLS handshake (${code})`);
      expect(bad.lines.filter((line) => line !== 'TLS?')).toEqual([]);
    });

    it('any certificate, where that is asked for', async () => {
      const store = await served(other);
      const verify = { ca: null, serverName: null, insecure: true };
      const backend = backendOptions([store], { tls, verify });
      const { stream } = await linksTo([backend]).links.ready(linkRequest(backend));
      stream.destroy();
      expect(store.count()).toBe(1);
    });

    it('TLS 1.1 is too old', async () => {
      const old = { ...certificate, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
      const store = await served(old);
      const backend = backendOptions([store], { tls, verify: trusting(certificate) });
      const error = await refusalOf(linksTo([backend]).links.ready(linkRequest(backend)));
      expect(error).toMatchObject({ code: 'proxy_dest_connect_failed', field: 'tls' });
    });
  });

  it('a host that takes a hello and says nothing is given up when the time to connect is over', async () => {
    const dumb = await hostThat(silent);
    toClose.push(dumb.close);
    const good = await host({ tls: { when: 'implicit', options: certificate } });
    const backend = backendOptions([dumb, good], { tls: 'implicit', verify: trusting(certificate) });
    const { links } = linksTo([backend], { connectTimeout: 300 });
    const link = await links.ready(linkRequest(backend));
    expect(link.host).toBe(`store (127.0.0.1:${good.port})`);
    link.stream.destroy();
  });

  it.each<[string, LineHost['instead']]>([
    ['closes', (socket) => socket.once('data', () => socket.end())],
    ['answers with something else', (socket) => socket.once('data', () => socket.write('220 plain.example ESMTP\r\n'))],
    ['resets', (socket) => socket.once('data', () => socket.resetAndDestroy())],
  ])('a host that %s where a handshake belongs', async (_, instead) => {
    const bad = await host({ instead: instead! });
    const backend = backendOptions([bad], { tls: 'implicit', verify: trusting(certificate) });
    const error = await refusalOf(linksTo([backend]).links.ready(linkRequest(backend)));
    expect(error).toMatchObject({ code: 'proxy_dest_connect_failed', field: 'tls' });
  });

  it('authorities that are no certificates: nobody is trusted', async () => {
    const store = await host({ tls: { when: 'implicit', options: certificate } });
    const ca = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const backend = backendOptions([store], { tls: 'implicit', verify: { ca, serverName: NAME, insecure: false } });
    const error = await refusalOf(linksTo([backend]).links.ready(linkRequest(backend)));
    expect(error).toMatchObject({ code: 'proxy_dest_connect_failed', field: 'tls' });
  });

  describe('what comes in clear behind the go-ahead for TLS', () => {
    it('at once: the dialogue refuses it', async () => {
      const store = await host({ tls: { when: 'starttls', options: certificate }, injected: 'HI injected\n' });
      const backend = backendOptions([store], { tls: 'starttls', verify: trusting(certificate) });
      const { links } = linksTo([backend]);
      expect(await refusalOf(links.ready(linkRequest(backend)))).toMatchObject({ code: 'proxy_dest_protocol_failure' });
      expect(await refusalOf(links.raw(linkRequest(backend), true))).toMatchObject({
        code: 'proxy_dest_protocol_failure',
      });
    });

    it('later: it is taken for TLS, and is none', async () => {
      const store = await host({
        instead: (socket) => {
          socket.write('HI there\n');
          socket.once('data', () => {
            socket.write('TLS!\n');
            socket.once('data', () => socket.write('HI injected\n'));
          });
        },
      });
      const backend = backendOptions([store], { tls: 'starttls', verify: trusting(certificate) });
      const error = await refusalOf(linksTo([backend]).links.ready(linkRequest(backend)));
      expect(error).toMatchObject({ code: 'proxy_dest_connect_failed', field: 'tls' });
    });
  });

  describe('a raw link', () => {
    it('with STARTTLS: the backend waits for a hello, and the client’s reaches it', async () => {
      const store = await host({ tls: { when: 'starttls', options: certificate } });
      const backend = backendOptions([store], { proxyProtocol: null });
      const { socket } = await linksTo([backend]).links.raw(linkRequest(backend, { identity: IDENTITY }), true);
      expect(socket.isPaused()).toBe(true);
      for (const event of ['data', 'readable', 'error', 'close', 'connect'])
        expect(socket.listenerCount(event)).toBe(0);
      // Nothing of the client has been told in clear.
      expect(store.lines).toEqual(['TLS?']);
      const client = new TLSSocket(socket, { isServer: false, rejectUnauthorized: false });
      client.write('INSIDE\n');
      const [answer] = (await once(client, 'data')) as [Buffer];
      expect(answer.toString()).toBe('INSIDE\n');
      client.destroy();
    });

    it('a host without STARTTLS is no use', async () => {
      const store = await host({});
      const backend = backendOptions([store]);
      const error = await refusalOf(linksTo([backend]).links.raw(linkRequest(backend), true));
      expect(error).toMatchObject({ code: 'proxy_dest_remote_failure', field: 'dialogue' });
    });
  });

  describe('the PROXY header', () => {
    const told = {
      tls: { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' },
      serverName: 'imap.example.org',
    };

    it.each(['none', 'implicit', 'starttls'] as const)('comes first, also where the link is %s', async (tls) => {
      const store = await host({
        header: true,
        ...(tls === 'none' ? {} : { tls: { when: tls, options: certificate } }),
      });
      const backend = backendOptions([store], { tls, verify: trusting(certificate), proxyProtocol: 2 });
      const { stream } = await linksTo([backend]).links.ready(linkRequest(backend, told));
      stream.destroy();
      expect(store.headers).toHaveLength(1);
      expect(store.headers[0]).toMatchObject({
        version: 2,
        src: { ip: '192.0.2.7', port: 50_123 },
        dst: { ip: '198.51.100.1', port: 993 },
        authority: 'imap.example.org',
        // Dovecot 2.4.1 refuses every connection whose header has one.
        alpn: null,
      });
      // A backend that hears of the client's TLS offers no STARTTLS.
      if (tls === 'starttls') expect(store.headers[0]?.ssl).toBeNull();
      else
        expect(store.headers[0]?.ssl).toMatchObject({
          ssl: true,
          version: 'TLSv1.3',
          cipher: 'TLS_AES_128_GCM_SHA256',
        });
    });

    it('says nothing of TLS on a raw link', async () => {
      const store = await host({ header: true, tls: { when: 'starttls', options: certificate } });
      const backend = backendOptions([store], { proxyProtocol: 2 });
      const { links } = linksTo([backend]);
      for (const starttls of [true, false]) (await links.raw(linkRequest(backend, told), starttls)).socket.destroy();
      while (store.headers.length < 2) await new Promise((resolve) => setImmediate(resolve));
      expect(store.headers.map(({ ssl }) => ssl)).toEqual([null, null]);
    });

    it('has version 1 where that is asked for', async () => {
      const store = await host({ header: true });
      const backend = backendOptions([store], { proxyProtocol: 1 });
      (await linksTo([backend]).links.ready(linkRequest(backend, told))).stream.destroy();
      expect(store.headers[0]).toMatchObject({ version: 1, src: { ip: '192.0.2.7', port: 50_123 }, ssl: null });
    });
  });
});
