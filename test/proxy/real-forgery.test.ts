import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendOptions, ListenerOptions } from '../../src/proxy/index.js';
import { Conversation } from '../harness/mail/conversation.js';
import { type Dovecot, PASSWORD, startDovecot } from '../harness/mail/dovecot.js';
import { missing, without } from '../harness/mail/programs.js';
import { backend, certificates, listener, proxyOptions, startProxy } from '../harness/mail/proxy.js';
import { type CertificateFiles, certificateIn, eventually, Folder, lastLine } from '../harness/mail/running.js';

/** Where a forger says that it is, and what it says its JA3 is. */
const FORGED = { ip: '203.0.113.66', port: 4711, ja3: 'f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0' };
/** Where it is. */
const REAL = '127.0.0.9';

type Protocol = 'imap' | 'pop3' | 'submission';

const forward = Buffer.from(`ssl_ja3_hash=${FORGED.ja3}`).toString('base64');
const id = `"x-originating-ip" "${FORGED.ip}" "x-originating-port" "${FORGED.port}" "x-forward-ssl_ja3_hash" "${FORGED.ja3}"`;
const xclient = `XCLIENT ADDR=${FORGED.ip} PORT=${FORGED.port}`;

/** A login that says it comes from somewhere else, in the words of its protocol. */
const FORGERIES: Readonly<Record<Protocol, (client: Conversation, user: string) => Promise<void>>> = {
  imap: async (client, user) => {
    await client.hears(/^\* OK .*\r\n/);
    client.says(`a ID (${id})\r\n`);
    await client.hears(/^a OK .*\r\n/m);
    client.says(`b LOGIN ${user} ${PASSWORD}\r\n`);
    await client.hears(/^b OK .*\r\n/m);
  },
  pop3: async (client, user) => {
    await client.hears(/^\+OK.*\r\n/);
    client.says(`${xclient} FORWARD=${forward}\r\n`);
    await client.hears(/^(\+OK|-ERR).*\r\n/);
    client.says(`USER ${user}\r\n`);
    await client.hears(/^\+OK.*\r\n/);
    client.says(`PASS ${PASSWORD}\r\n`);
    await client.hears(/^\+OK.*\r\n/);
  },
  submission: async (client, user) => {
    await client.hears(/^220 .*\r\n/);
    client.says('EHLO client.example.test\r\n');
    await client.hears(/^250 .*\r\n/m);
    // xtext (RFC 3461 section 4): the padding of base64 must not stand as it is
    client.says(`${xclient} FORWARD=${forward.replaceAll('=', '+3D')}\r\n`);
    await client.hears(/^\d{3} .*\r\n/m);
    client.says('EHLO client.example.test\r\n');
    await client.hears(/^250 .*\r\n/m);
    client.says(`AUTH PLAIN ${Buffer.from(`\0${user}\0${PASSWORD}`).toString('base64')}\r\n`);
    await client.hears(/^235 .*\r\n/m);
  },
};

const PORTS = {
  imap: { clear: 'imap', tls: 'imaps', tlsBehindHeader: 'imapsProxied' },
  pop3: { clear: 'pop3', tls: 'pop3s', tlsBehindHeader: 'pop3sProxied' },
  submission: { clear: 'submission', tls: 'submissions', tlsBehindHeader: 'submissionsProxied' },
} as const;

describe.skipIf(missing.dovecot !== '')(
  `a client that forges its address and JA3 with XCLIENT or ID${without(missing.dovecot)}`,
  () => {
    let stranger: Dovecot;
    let trusting: Dovecot;
    let files: CertificateFiles;
    const cleanups: (() => unknown)[] = [];
    let users = 0;
    beforeAll(async () => {
      const folder = new Folder();
      cleanups.push(() => folder.remove());
      files = certificateIn(folder);
      [stranger, trusting] = await Promise.all([startDovecot(), startDovecot({ trusts: '127.0.0.1' })]);
      cleanups.push(stranger.stop, trusting.stop);
    });
    afterAll(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    });

    /** @returns the line of the backend's log about the login */
    async function forge(
      protocol: Protocol,
      mode: ListenerOptions['mode'],
      server: Dovecot,
      behind: BackendOptions,
      from = REAL,
    ): Promise<string> {
      const ours = mode === 'terminated' ? certificates(files) : null;
      const proxy = await startProxy(
        proxyOptions([listener({ protocol, tls: 'implicit', mode, certificates: ours })], [behind]),
      );
      cleanups.push(proxy.close);
      const ca = mode === 'terminated' ? files.cert : server.ca;
      const client = await Conversation.begin(proxy.port, ca, from);
      cleanups.push(() => client.end());
      users++;
      const user = `u${users}`;
      await FORGERIES[protocol](client, user);
      const found = await eventually('the login in the log', () => lastLine(server.log(), loginOf(user)), server.log);
      expect(proxy.logins.at(-1)?.remote.ip).toBe(from); // the proxy itself is never taken in
      return found;
    }

    function loginOf(user: string): RegExp {
      return new RegExp(`Login: user=<${user}>`);
    }

    for (const protocol of ['imap', 'pop3', 'submission'] as const) {
      const ports = PORTS[protocol];
      it(`succeeds where TLS is passed through to a server that trusts the proxy's address (${protocol})`, async () => {
        const line = await forge(protocol, 'passed_through', trusting, backend(trusting.ports[ports.tls]));
        expect(line).toContain(`rip=${FORGED.ip}, rport=${FORGED.port},`);
        expect(line).toContain(`ja3h=${FORGED.ja3}`);
      });

      it(`fails where the server trusts the proxy's PROXY header alone (${protocol})`, async () => {
        const behind = backend(stranger.ports[ports.tlsBehindHeader], { proxyProtocol: 2 });
        const line = await forge(protocol, 'passed_through', stranger, behind);
        expect(line).toContain(`rip=${REAL},`);
        expect(line).not.toContain(FORGED.ip);
        expect(line).not.toContain(FORGED.ja3);
      });

      it(`fails where the server trusts the proxy's address too, but gets a PROXY header (${protocol})`, async () => {
        const behind = backend(trusting.ports[ports.tlsBehindHeader], { proxyProtocol: 2 });
        const line = await forge(protocol, 'passed_through', trusting, behind);
        expect(line).toContain(`rip=${REAL},`);
        expect(line).not.toContain(FORGED.ip);
        expect(line).not.toContain(FORGED.ja3);
      });

      // Whom a Dovecot believes is asked of the address in the header.
      it(`succeeds behind a PROXY header that tells of an address the server trusts (${protocol})`, async () => {
        const behind = backend(trusting.ports[ports.tlsBehindHeader], { proxyProtocol: 2 });
        const line = await forge(protocol, 'passed_through', trusting, behind, '127.0.0.1');
        expect(line).toContain(`rip=${FORGED.ip}, rport=${FORGED.port},`);
        expect(line).toContain(`ja3h=${FORGED.ja3}`);
      });

      it(`fails where TLS ends at the proxy, which tells the server by ID or XCLIENT (${protocol})`, async () => {
        const behind = backend(trusting.ports[ports.clear], { forward: true });
        const line = await forge(protocol, 'terminated', trusting, behind);
        expect(line).toContain(`rip=${REAL},`);
        expect(line).not.toContain(FORGED.ip);
        expect(line).not.toContain(FORGED.ja3);
      });

      it(`fails where TLS ends at the proxy, which tells a trusting server nothing (${protocol})`, async () => {
        const line = await forge(protocol, 'terminated', trusting, backend(trusting.ports[ports.clear]));
        expect(line).toContain('rip=127.0.0.1,');
        expect(line).not.toContain(FORGED.ip);
        expect(line).not.toContain(FORGED.ja3);
      });
    }
  },
);
