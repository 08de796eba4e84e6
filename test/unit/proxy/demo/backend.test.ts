import { once } from 'node:events';
import { connect } from 'node:net';
import { ImapFlow } from 'imapflow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DemoBackend } from '../../../../src/proxy/index.js';
import { Lines } from '../../../harness/imap-script.js';
import { MOMENT } from './talk.js';

let backend: DemoBackend;
let port = 0;

beforeEach(async () => {
  backend = new DemoBackend(() => MOMENT);
  port = await backend.listen(0);
});

afterEach(() => backend.close());

function imapflow(pass = 'demo'): ImapFlow {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port,
    secure: false,
    doSTARTTLS: false,
    auth: { user: 'demo', pass },
    logger: false,
  });
  client.on('error', () => {});
  return client;
}

describe('the mail server for demonstrations', () => {
  it('is understood by imapflow', async () => {
    const client = imapflow();
    await client.connect();
    expect((await client.list()).map(({ path }) => path)).toEqual(['INBOX']);
    expect(await client.status('INBOX', { messages: true, unseen: true })).toMatchObject({ messages: 1, unseen: 1 });
    expect(await client.mailboxOpen('INBOX')).toMatchObject({ exists: 1, uidNext: 2, readOnly: false });
    const message = await client.fetchOne('1', {
      uid: true,
      flags: true,
      internalDate: true,
      envelope: true,
      bodyStructure: true,
      size: true,
      source: true,
      headers: ['subject'],
      bodyParts: ['text'],
    });
    if (message === false) throw new Error('there is no message');
    expect(message).toMatchObject({
      uid: 1,
      internalDate: MOMENT,
      size: message.source!.length,
      bodyStructure: { type: 'text/plain', encoding: '7bit', size: message.bodyParts!.get('text')!.length },
      envelope: {
        date: MOMENT,
        from: [{ name: 'ja3-sensor', address: 'ja3-sensor@localhost' }],
        to: [{ address: 'demo@localhost' }],
      },
    });
    expect(message.source!.toString('latin1')).toContain(message.envelope!.subject!);
    expect(message.headers!.toString('latin1')).toBe(`Subject: ${message.envelope!.subject}\r\n\r\n`);
    expect(await client.search({ seen: false })).toEqual([1]);
    await client.logout();
  });

  it('is understood where it refuses', async () => {
    const client = imapflow('wrong');
    await expect(client.connect()).rejects.toMatchObject({
      authenticationFailed: true,
      serverResponseCode: 'AUTHENTICATIONFAILED',
    });
    client.close();
  });

  it('closes what is there when it ends', async () => {
    const client = imapflow();
    await client.connect();
    const ended = once(client, 'close');
    backend.close();
    await ended;
  });

  it('answers all that is asked of it, also where nobody reads for a while', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const count = 5000;
    const lines = new Lines(socket);
    lines.send('a LOGIN demo demo\r\nb SELECT INBOX\r\n');
    await lines.until(/^b OK/);
    for (let i = 0; i < count; i++) socket.write(`c${i} FETCH 1 (BODY[] BODY[] BODY[] BODY[])\r\n`);
    socket.write('d LOGOUT\r\n');
    const said = await lines.toEnd();
    expect(said.match(/^c\d+ OK /gm)).toHaveLength(count);
    expect(said).toMatch(/\r\nd OK .*\r\n$/);
  });

  it('tells that its port is taken', async () => {
    await expect(new DemoBackend().listen(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
