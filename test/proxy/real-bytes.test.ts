import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS, type MailClient } from '../harness/mail/clients/index.js';
import { Conversation } from '../harness/mail/conversation.js';
import { type Dovecot, PASSWORD, startDovecot } from '../harness/mail/dovecot.js';
import { startEchoServer } from '../harness/mail/echo-server.js';
import { missing, without } from '../harness/mail/programs.js';
import { backend, certificates, listener, proxyOptions, type RunningProxy, startProxy } from '../harness/mail/proxy.js';
import { type CertificateFiles, certificateIn, eventually, Folder } from '../harness/mail/running.js';
import { startTap } from '../harness/mail/tap.js';
import { OPENSSL_ABSENT, opensslIsThere } from '../harness/tls-servers.js';

const RANDOM = 10_000;

const cleanups: (() => unknown)[] = [];
async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

/** Random bytes that a mail may have: no NUL, and line ends only as CR LF (RFC 9051 section 4.3). */
function randomMail(): Buffer {
  const bytes = randomBytes(RANDOM).map((byte) => (byte === 0 || byte === 10 || byte === 13 ? 0xe4 : byte));
  const mail = Buffer.from(bytes);
  mail.write('Subject: one\r\n\r\n', 0, 'latin1');
  for (let at = 90; at < RANDOM - 1; at += 72) mail.write('\r\n', at, 'latin1');
  mail.write('\r\n', RANDOM - 2, 'latin1');
  return mail;
}

describe.skipIf(missing.dovecot !== '')(`what Dovecot is sent and sends${without(missing.dovecot)}`, () => {
  let server: Dovecot;
  let files: CertificateFiles;
  beforeAll(async () => {
    const folder = new Folder();
    cleanups.push(() => folder.remove());
    files = certificateIn(folder);
    server = await startDovecot();
    cleanups.push(server.stop);
  });
  afterAll(cleanUp);

  for (const mode of ['terminated', 'passed_through'] as const) {
    it(`is a mail of random bytes, unchanged both ways (${mode.replace('_', ' ')})`, async () => {
      const terminated = mode === 'terminated';
      const proxy = await startProxy(
        proxyOptions(
          [
            listener({
              protocol: 'imap',
              tls: 'implicit',
              mode,
              certificates: terminated ? certificates(files) : null,
            }),
          ],
          [backend(terminated ? server.ports.imap : server.ports.imaps)],
        ),
      );
      cleanups.push(proxy.close);
      const mail = randomMail();
      const client = await Conversation.begin(proxy.port, terminated ? files.cert : server.ca);
      await client.hears(/^\* OK .*\r\n/);
      client.says(`a LOGIN ${terminated ? 'u21' : 'u22'} ${PASSWORD}\r\n`);
      await client.hears(/^a OK .*\r\n/m);
      client.says(`b APPEND INBOX {${mail.length}}\r\n`);
      await client.hears(/^\+ .*\r\n/m);
      client.says(mail);
      client.says('\r\n');
      await client.hears(/^b OK .*\r\n/m);
      client.says('c SELECT INBOX\r\nd FETCH 1 BODY.PEEK[]\r\n');
      await client.hears(/^\* 1 FETCH .*\{10000\}\r\n/m);
      expect((await client.hearsBytes(mail.length)).equals(mail)).toBe(true);
      await client.hears(/^d OK .*\r\n/m);
      client.says('e LOGOUT\r\n');
      await client.hears(/^e OK .*\r\n/m);
    });
  }

  // What arrives behind the proxy, TLS records and all, is what the client sent.
  for (const client of CLIENTS.filter(({ speaks }) => speaks.imap)) {
    for (const tls of ['implicit', 'starttls'] as const) {
      it.skipIf(client.missing !== '')(
        `is the TLS of ${client.name}, byte for byte (passed through, ${tls})${without(client.missing)}`,
        () => compare(client, tls),
      );
    }
  }

  async function compare(client: MailClient, tls: 'implicit' | 'starttls'): Promise<void> {
    const behind = await startTap(tls === 'implicit' ? server.ports.imaps : server.ports.imap);
    cleanups.push(behind.close);
    const proxy = await startProxy(
      proxyOptions([listener({ protocol: 'imap', tls, mode: 'passed_through' })], [backend(behind.port)]),
    );
    cleanups.push(proxy.close);
    const front = await startTap(proxy.port);
    cleanups.push(front.close);
    const login = { protocol: 'imap', port: front.port, tls, user: 'u23', password: PASSWORD, ca: server.ca } as const;
    const { ok, printed } = await client.login(login);
    expect(ok, printed).toBe(true);
    const sent = front.sent().map(tlsOf);
    expect(sent).toHaveLength(1);
    expect(sent[0]!.length).toBeGreaterThan(200);
    // The proxy makes connections of its own to learn what the backend offers.
    await eventually('the same behind the proxy', () => behind.sent().some((bytes) => isSame(sent[0]!, tlsOf(bytes))));
  }
});

/** The longest record of an encrypted alert: AES-GCM in TLS 1.2 (RFC 5288 section 3), with header, nonce and tag. */
const ALERT = 5 + 8 + 2 + 16;

/** All of it; a client's close_notify, sent when the server has gone, reaches nobody. */
function isSame(sent: Buffer, came: Buffer): boolean {
  return sent.subarray(0, came.length).equals(came) && sent.length - came.length <= ALERT;
}

/** From the first handshake record on (RFC 8446 section 5.1), whose two bytes no mail protocol's line has. */
function tlsOf(bytes: Buffer): Buffer {
  const at = bytes.indexOf(Buffer.of(0x16, 0x03));
  return at < 0 ? Buffer.alloc(0) : bytes.subarray(at);
}

describe.skipIf(!opensslIsThere)(`ten thousand random bytes after the login (${OPENSSL_ABSENT})`, () => {
  let files: CertificateFiles;
  beforeAll(() => {
    const folder = new Folder();
    cleanups.push(() => folder.remove());
    files = certificateIn(folder);
  });
  afterAll(cleanUp);

  const ways = [
    ['terminated', null],
    ['terminated', 'starttls'],
    ['terminated', 'implicit'],
    ['passed_through', 'implicit'],
  ] as const;
  for (const [mode, behind] of ways) {
    describe(`${mode.replace('_', ' ')}, ${behind ?? 'no TLS'} behind`, () => {
      let proxy: RunningProxy;
      beforeAll(async () => {
        const server = await startEchoServer(files, behind);
        cleanups.push(server.close);
        const ours = mode === 'terminated' ? certificates(files) : null;
        proxy = await startProxy(
          proxyOptions(
            [listener({ protocol: 'imap', tls: 'implicit', mode, certificates: ours })],
            [backend(server.port, { tls: mode === 'terminated' ? (behind ?? 'none') : 'none' })],
          ),
        );
        cleanups.push(proxy.close);
      });

      it('go and come back unchanged', async () => {
        const client = await Conversation.begin(proxy.port, files.cert);
        const bytes = randomBytes(RANDOM);
        await client.hears(/^\* OK .*\r\n/);
        client.says('a LOGIN u1 whatever\r\n');
        await client.hears(/^a OK .*\r\n/m);
        client.says(bytes.subarray(0, 1));
        client.says(bytes.subarray(1, 7000));
        client.says(bytes.subarray(7000));
        expect((await client.hearsBytes(RANDOM)).equals(bytes)).toBe(true);
        client.end();
      });

      it('may be sent with the login, and are not lost', async () => {
        const client = await Conversation.begin(proxy.port, files.cert);
        const bytes = randomBytes(RANDOM);
        await client.hears(/^\* OK .*\r\n/);
        client.says(Buffer.concat([Buffer.from('a LOGIN u1 whatever\r\n'), bytes]));
        await client.hears(/^a OK .*?\r\n/m);
        expect((await client.hearsBytes(RANDOM)).equals(bytes)).toBe(true);
        client.end();
      });
    });
  }
});
