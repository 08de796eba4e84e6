import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ListenerOptions } from '../../src/proxy/index.js';
import { curl } from '../harness/mail/clients/index.js';
import { type Dovecot, PASSWORD, startDovecot } from '../harness/mail/dovecot.js';
import { startHaproxy } from '../harness/mail/haproxy.js';
import { hasLine } from '../harness/mail/matrix.js';
import { missing, without } from '../harness/mail/programs.js';
import { backend, certificates, listener, proxyOptions, type RunningProxy, startProxy } from '../harness/mail/proxy.js';
import { type CertificateFiles, certificateIn, eventually, Folder } from '../harness/mail/running.js';
import { startTap } from '../harness/mail/tap.js';
import { tsharkCanReadBytes, tsharkJa3 } from '../harness/tshark-hello.js';

const needs = [missing.dovecot, missing.haproxy, curl.missing, tsharkCanReadBytes ? '' : 'tshark']
  .filter((need) => need !== '')
  .join(', ');

const TRUSTED = '127.0.0.1';
const CLIENT = '127.0.0.9';

describe.skipIf(needs !== '')(`behind HAProxy in TCP mode${without(needs)}`, () => {
  let server: Dovecot;
  let files: CertificateFiles;
  let folder: Folder;
  const cleanups: (() => unknown)[] = [];
  beforeAll(async () => {
    folder = new Folder();
    files = certificateIn(folder);
    server = await startDovecot();
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  afterAll(async () => {
    await server?.stop();
    folder?.remove();
  });

  async function start(mode: ListenerOptions['mode'], tls: 'implicit' | 'starttls'): Promise<RunningProxy> {
    const terminated = mode === 'terminated';
    const port = !terminated && tls === 'implicit' ? server.ports.imapsProxied : server.ports.imapProxied;
    const proxy = await startProxy(
      proxyOptions(
        [
          listener({
            protocol: 'imap',
            tls,
            mode,
            certificates: terminated ? certificates(files) : null,
            proxyProtocol: 'required',
            proxyNetworks: [`${TRUSTED}/32`],
          }),
        ],
        [backend(port, { proxyProtocol: 2 })],
      ),
    );
    cleanups.push(proxy.close);
    return proxy;
  }

  for (const mode of ['terminated', 'passed_through'] as const) {
    for (const tls of ['implicit', 'starttls'] as const) {
      for (const header of ['send-proxy', 'send-proxy-v2'] as const) {
        it(`${header}: the client's address and JA3 are told (${mode.replace('_', ' ')}, ${tls})`, async () => {
          const proxy = await start(mode, tls);
          // What HAProxy sends goes by here, so that what was sent and what was made of it can be held together.
          const tap = await startTap(proxy.port);
          cleanups.push(tap.close);
          const haproxy = await startHaproxy(tap.port, header);
          cleanups.push(haproxy.stop);
          const { ok, printed } = await curl.login({
            protocol: 'imap',
            port: haproxy.port,
            tls,
            user: 'u1',
            password: PASSWORD,
            ca: mode === 'terminated' ? files.cert : server.ca,
            from: CLIENT,
          });
          expect(ok, printed + proxy.notices.join('\n')).toBe(true);
          const login = await eventually('a login event', () => proxy.logins.find(({ sni }) => sni === 'localhost'));
          expect(login.remote.ip).toBe(CLIENT);
          expect(login.local).toEqual({ ip: '127.0.0.1', port: haproxy.port });
          const sent = tap.sent().find((bytes) => bytes.includes('localhost'))!;
          expect(login.fingerprint!.ja3).toEqual(tsharkJa3(sent.subarray(sent.indexOf(Buffer.of(0x16, 0x03)))));
          const { ip, port } = login.remote;
          await eventually(
            'the address in the log',
            () =>
              hasLine(
                server.log(),
                'Login: user=<u1>',
                `rip=${ip}, rport=${port}, lip=127.0.0.1, lport=${haproxy.port}`,
              ),
            server.log,
          );
        });
      }

      it(`a header from an address that is not trusted is refused (${mode.replace('_', ' ')}, ${tls})`, async () => {
        const proxy = await start(mode, tls);
        const haproxy = await startHaproxy(proxy.port, 'send-proxy-v2', '127.0.0.66');
        cleanups.push(haproxy.stop);
        const before = server.log();
        const { ok, refused, printed } = await curl.login({
          protocol: 'imap',
          port: haproxy.port,
          tls,
          user: 'u1',
          password: PASSWORD,
          ca: mode === 'terminated' ? files.cert : server.ca,
          from: CLIENT,
        });
        expect({ ok, refused }, printed).toEqual({ ok: false, refused: false });
        expect(proxy.logins.filter(({ outcome }) => outcome !== 'none')).toEqual([]);
        expect(server.log().slice(before.length)).not.toContain('Login: ');
      });
    }
  }
});
