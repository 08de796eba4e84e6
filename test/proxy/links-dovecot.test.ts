import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Protocol } from '../../src/proxy/dialogue.js';
import { backendDialogues } from '../../src/proxy/dialogues.js';
import { hangUp } from '../../src/proxy/hang-up.js';
import type { BackendOptions } from '../../src/proxy/options.js';
import { backendOptions, IDENTITY, linkRequest, linksTo, listenerOptions } from '../harness/links.js';
import { type Dovecot, startDovecot } from '../harness/mail/dovecot.js';
import { type Dovecot24, startDovecot24 } from '../harness/mail/dovecot24.js';
import { missing, without } from '../harness/mail/programs.js';

const CLIENT = 'rip=192.0.2.7, rport=50123, lip=198.51.100.1, lport=993';
const TOLD = { tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' }, serverName: 'imap.example.org' };

/** Waits until the log says it. */
async function logged(server: { log(): string }, words: RegExp): Promise<void> {
  while (!words.test(server.log())) await new Promise((resolve) => setTimeout(resolve, 20));
}

function backendOf(
  server: { readonly ca: string },
  port: number,
  tls: BackendOptions['tls'],
  changes: Partial<BackendOptions> = {},
): BackendOptions {
  const verify = { ca: readFileSync(server.ca, 'utf8'), serverName: 'localhost', insecure: false };
  return backendOptions([{ host: '127.0.0.1', port }], { tls, verify, ...changes });
}

/** Links as a client's session would, and says goodbye before the login. @returns what the backend said of itself */
async function visit(backend: BackendOptions, protocol: Protocol, forward: string | null) {
  const { links, notices } = linksTo([backend], {
    dialogueFor: backendDialogues,
    listeners: [listenerOptions({ protocol })],
  });
  await links.start();
  expect(notices.lines).toEqual([]);
  const identity = forward === null ? null : { ...IDENTITY, session: forward };
  const { stream, dialogue, introduction } = await links.ready(linkRequest(backend, { ...TOLD, protocol, identity }));
  for (const step of dialogue.quit()) if (step.step === 'send') stream.write(step.bytes);
  const closed = once(stream, 'close');
  hangUp(stream);
  await closed;
  expect(links.introduction(backend.name)).toEqual(introduction);
  links.close();
  return introduction;
}

describe.skipIf(missing.dovecot !== '')(`Dovecot 2.3 behind a PROXY header${without(missing.dovecot)}`, () => {
  let server: Dovecot;
  beforeAll(async () => {
    server = await startDovecot();
  });
  afterAll(() => server.stop());

  describe.each([1, 2] as const)('version %d', (proxyProtocol) => {
    it.each<[Protocol, keyof Dovecot['ports'], BackendOptions['tls']]>([
      ['imap', 'imapProxied', 'none'],
      ['imap', 'imapProxied', 'starttls'],
      ['imap', 'imapsProxied', 'implicit'],
      ['pop3', 'pop3Proxied', 'none'],
      ['pop3', 'pop3Proxied', 'starttls'],
      ['pop3', 'pop3sProxied', 'implicit'],
      ['sieve', 'sieveProxied', 'none'],
      ['sieve', 'sieveProxied', 'starttls'],
      ['submission', 'submissionProxied', 'none'],
      ['submission', 'submissionProxied', 'starttls'],
      ['submission', 'submissionsProxied', 'implicit'],
    ])('%s at %s, link %s: the backend logs the client', async (protocol, port, tls) => {
      const before = server.log().length;
      const introduction = await visit(backendOf(server, server.ports[port], tls, { proxyProtocol }), protocol, null);
      expect(introduction.mechanisms).toContain('PLAIN');
      const since = { log: () => server.log().slice(before) };
      // 2.3 takes a header's word for the client's TLS, and says so less loudly than 2.4.
      const secured = tls !== 'none' ? ', TLS' : proxyProtocol === 2 ? ', secured' : ', session';
      await logged(
        since,
        new RegExp(`${protocol === 'sieve' ? 'managesieve' : protocol}-login: Info: .*${CLIENT}${secured}`),
      );
    });
  });

  it('says nothing to a header it does not get', async () => {
    const backend = backendOf(server, server.ports.imapProxied, 'none');
    const { links } = linksTo([backend], { dialogueFor: backendDialogues, backendTimeout: 500 });
    await expect(links.ready(linkRequest(backend))).rejects.toMatchObject({ code: 'proxy_dest_remote_failure' });
  });
});

describe.skipIf(missing.dovecot !== '')(`Dovecot 2.3 that trusts us${without(missing.dovecot)}`, () => {
  let server: Dovecot;
  beforeAll(async () => {
    server = await startDovecot({ trusts: '127.0.0.0/8' });
  });
  afterAll(() => server.stop());

  it.each<[Protocol, keyof Dovecot['ports'], BackendOptions['tls']]>([
    ['imap', 'imap', 'none'],
    ['imap', 'imaps', 'implicit'],
    ['pop3', 'pop3', 'starttls'],
    ['sieve', 'sieve', 'none'],
  ])('%s at %s, link %s: it takes what it is told, of health checks and of clients', async (protocol, port, tls) => {
    const session = `sess-${protocol}-${tls}`;
    const introduction = await visit(backendOf(server, server.ports[port], tls, { forward: true }), protocol, session);
    // Its answer to an IMAP ID does not say.
    if (protocol !== 'imap') expect(introduction.tookIdentity).toBe(true);
    // XCLIENT of 2.3 has no DESTADDR.
    const told = protocol === 'imap' ? CLIENT : 'rip=192.0.2.7, rport=50123, lip=127.0.0.1';
    await logged(server, new RegExp(`${told}.*session=<${session}>`));
    await logged(server, /rip=127\.0\.0\.1.*session=<health>/);
  });
});

describe.skipIf(missing.dovecot !== '')(
  `Dovecot 2.3 behind a PROXY header, told by XCLIENT, too${without(missing.dovecot)}`,
  () => {
    it('asks whether it trusts the client’s address, and not ours: the operator is told', async () => {
      const server = await startDovecot({ trusts: '127.0.0.0/8' });
      try {
        const backend = backendOf(server, server.ports.pop3Proxied, 'none', { proxyProtocol: 2, forward: true });
        const listeners = [listenerOptions({ protocol: 'pop3' })];
        const { links, notices } = linksTo([backend], { dialogueFor: backendDialogues, listeners });
        await links.start();
        expect(notices.lines).toEqual([]);
        const link = await links.ready(linkRequest(backend, { ...TOLD, protocol: 'pop3', identity: IDENTITY }));
        link.stream.destroy();
        expect(link.introduction.tookIdentity).toBe(false);
        expect(notices.lines).toHaveLength(1);
        expect(notices.lines[0]).toContain('must trust this proxy');
      } finally {
        await server.stop();
      }
    });
  },
);

describe.skipIf(missing.dovecot24 !== '')(`Dovecot 2.4 behind a PROXY header${without(missing.dovecot24)}`, () => {
  let server: Dovecot24;
  beforeAll(async () => {
    server = await startDovecot24();
  });
  afterAll(() => server.stop());

  it.each<[Protocol, keyof Dovecot24['ports'], BackendOptions['tls'], 1 | 2]>([
    ['imap', 'imapProxied', 'none', 2],
    ['imap', 'imapProxied', 'none', 1],
    ['imap', 'imapProxied', 'starttls', 2],
    ['imap', 'imapsProxied', 'implicit', 2],
    ['pop3', 'pop3Proxied', 'none', 2],
    ['pop3', 'pop3Proxied', 'starttls', 1],
    ['pop3', 'pop3sProxied', 'implicit', 2],
  ])('%s at %s, link %s, version %d', async (protocol, port, tls, proxyProtocol) => {
    const before = server.log().length;
    await visit(backendOf(server, server.ports[port], tls, { proxyProtocol }), protocol, null);
    const since = { log: () => server.log().slice(before) };
    const secured = tls !== 'none' || proxyProtocol === 2 ? ', TLS' : '';
    await logged(since, new RegExp(`${protocol}-login: .*${CLIENT}${secured}`));
  });
});
