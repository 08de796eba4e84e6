import { once } from 'node:events';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { ServerSecrets } from '../../src/policy/index.js';
import { MAX_STRANGERS } from '../../src/policy/server/limits.js';
import { type HttpServer, httpRequest, open, startHttp } from '../harness/policy/http.js';
import { everything, OPENSSL_ABSENT, opensslIsThere, selfSigned } from '../harness/tls-servers.js';

let server: HttpServer;
afterEach(() => server.close());

const basic = (password: string) => ({ authorization: `Basic ${btoa(`anybody:${password}`)}` });
const key = (apiKey: string) => ({ 'x-api-key': apiKey });
const both = (name: string): ServerSecrets => ({ password: `${name} password`, apiKey: `${name} key` });

const commands: readonly (readonly [need: 'ask' | 'manage', method: string, path: string, body: object | undefined])[] =
  [
    ['ask', 'POST', '/command/allow', {}],
    ['ask', 'POST', '/?command=report', { success: true }],
    ['ask', 'POST', '/command/getDBStats', { login: 'u' }],
    ['ask', 'GET', '/command/ping', undefined],
    ['ask', 'GET', '/openapi.json', undefined],
    ['manage', 'POST', '/command/reset', { login: 'u' }],
    ['manage', 'POST', '/?command=addBLEntry', { login: 'u', expire_secs: 1, reason: '' }],
    ['manage', 'POST', '/command/addWLEntry', { login: 'u', expire_secs: 1, reason: '' }],
    ['manage', 'POST', '/command/delBLEntry', { login: 'u' }],
    ['manage', 'POST', '/command/delWLEntry', { login: 'u' }],
    ['manage', 'GET', '/command/getBL', undefined],
    ['manage', 'GET', '/?command=getWL', undefined],
  ];

describe.each(commands)('%s: %s %s', (need, method, path, body) => {
  const status = async (headers: Readonly<Record<string, string>>) => {
    const answer = await server.send(path, { method, headers, ...(body && { body }) });
    if (answer.status === 401) {
      expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
      expect(answer.json).toEqual({ status: 'failure', reason: 'Unauthorized' });
    }
    if (answer.status === 403) expect(answer.json).toEqual({ status: 'failure', reason: 'Forbidden' });
    return answer.status;
  };
  const lesser = need === 'ask' ? 200 : 403;

  it('with secrets of both kinds', async () => {
    server = await startHttp({ ask: both('ask'), manage: both('manage') });
    expect(await status({})).toBe(401);
    expect(await status(basic('wrong'))).toBe(401);
    expect(await status(key('ask password'))).toBe(401);
    expect(await status(basic('ask password'))).toBe(lesser);
    expect(await status(key('ask key'))).toBe(lesser);
    expect(await status(basic('manage password'))).toBe(200);
    expect(await status(key('manage key'))).toBe(200);
    expect(await status({ ...key('manage key'), origin: 'https://www.example.org' })).toBe(200);
    // Dovecot's key, with its colon's space.
    expect(await status(key(' manage key'))).toBe(200);
    expect(JSON.stringify(server.notices)).not.toMatch(/wrong|(ask|manage) (password|key)|Basic/);
  });

  it('with a secret for asking alone: loopback may manage that may ask', async () => {
    server = await startHttp({ ask: both('ask') });
    expect(await status({})).toBe(401);
    expect(await status(key('ask key'))).toBe(200);
  });

  it('with a secret for managing alone', async () => {
    server = await startHttp({ manage: both('manage') });
    expect(await status({})).toBe(need === 'ask' ? 200 : 401);
    expect(await status(key('manage key'))).toBe(200);
  });

  it('with none: loopback, but no page that a browser there shows', async () => {
    server = await startHttp();
    expect(await status({})).toBe(200);
    expect(await status({ origin: 'https://www.example.org' })).toBe(403);
    expect(await status({ origin: 'null', 'content-type': 'text/plain' })).toBe(403);
  });
});

describe('networks', () => {
  it('come first, with the words of wforce', async () => {
    server = await startHttp({ networks: ['192.0.2.0/24'], ask: both('ask'), manage: both('manage') });
    for (const path of ['/?command=allow', '/command/getBL', '/nothing', '/command/livez']) {
      const answer = await server.send(path, { body: '{', headers: key('manage key') });
      expect(answer).toMatchObject({
        status: 401,
        json: { status: 'failure', reason: 'Source IP Address not in ACL', ip: '127.0.0.1' },
      });
    }
    expect(server.asked).toEqual([]);
    expect(server.notices).toHaveLength(1);
  });

  it('none named: loopback', async () => {
    server = await startHttp();
    expect(await server.send('/command/ping')).toMatchObject({ status: 200 });
  });

  it('whoever is outside of them takes few connections', async () => {
    server = await startHttp({ networks: ['192.0.2.0/24'] });
    const sockets: Socket[] = [];
    for (let i = 0; i < MAX_STRANGERS; i++) sockets.push(await answered());
    const beyond = connect({ port: server.port, host: '127.0.0.1' });
    expect(await everything(beyond)).toHaveLength(0);
    const [first] = sockets;
    first!.destroy();
    // Once the server has seen that, there is room for one.
    for (;;) {
      const next = connect({ port: server.port, host: '127.0.0.1' });
      next.write(httpRequest('/', '{}', 'Connection: close'));
      if ((await everything(next)).length > 0) break;
    }
    for (const socket of sockets) socket.destroy();
  });

  async function answered(): Promise<Socket> {
    const socket = connect({ port: server.port, host: '127.0.0.1' });
    socket.write(httpRequest('/', '{}'));
    await once(socket, 'data');
    return socket;
  }
});

describe('the rate of one address', () => {
  it('is kept: guesses count as well', async () => {
    server = await startHttp({ ask: both('ask'), rate: { perSecond: 0.01, burst: 3 } });
    const statuses: number[] = [];
    for (const name of ['wrong', 'ask', 'wrong', 'ask', 'ask']) {
      statuses.push((await server.send('/?command=allow', { body: {}, headers: key(`${name} key`) })).status);
    }
    expect(statuses).toEqual([401, 200, 401, 429, 429]);
    const answer = await server.send('/nothing');
    expect(answer).toMatchObject({ status: 429, json: { status: 'failure', reason: 'Too many requests' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('health', () => {
  it.each(['livez', 'readyz'])('%s needs no password', async (command) => {
    server = await startHttp({ ask: both('ask'), manage: open });
    for (const path of [`/command/${command}`, `/?command=${command}`]) {
      expect(await server.send(path, { method: 'GET' })).toMatchObject({ status: 200, json: { status: 'ok' } });
    }
  });

  it('what is not there needs one', async () => {
    server = await startHttp({ ask: both('ask') });
    expect(await server.send('/command/nothing')).toMatchObject({ status: 401 });
    expect(await server.send('/command/nothing', { headers: key('ask key') })).toMatchObject({ status: 404 });
  });
});

describe('the end', () => {
  it('answers what has begun, on its last connection', async () => {
    server = await startHttp();
    const body = '{"login":"u"}';
    const whole = httpRequest('/?command=allow', body);
    const idle = connect({ port: server.port, host: '127.0.0.1' });
    idle.write(whole);
    await once(idle, 'data');
    const busy = connect({ port: server.port, host: '127.0.0.1' });
    const said = everything(busy);
    // The first request is answered, so the second one's beginning, sent with it, is there as well.
    busy.write(whole + whole.slice(0, -5));
    await once(busy, 'data');
    const closed = server.server.close(60_000);
    expect(await everything(idle)).toHaveLength(0);
    busy.write(whole.slice(-5));
    const text = (await said).toString();
    await closed;
    expect([...text.matchAll(/HTTP\/1.1 200/g)]).toHaveLength(2);
    expect(text).toMatch(/connection: close/i);
    await expect(server.send('/command/ping')).rejects.toThrow();
  });

  it('comes after the time it was given, whatever is on its way', async () => {
    server = await startHttp();
    const socket = connect({ port: server.port, host: '127.0.0.1' });
    const whole = httpRequest('/?command=allow', '{"login":"u"}');
    socket.write(whole + whole.slice(0, -5));
    await once(socket, 'data');
    const gone = everything(socket);
    await server.server.close(1);
    expect(await gone).toHaveLength(0);
  });
});

describe('addresses', () => {
  it('as many as are named', async () => {
    server = await startHttp({
      listen: [
        { host: '127.0.0.1', port: 0 },
        { host: '127.0.0.2', port: 0 },
      ],
    });
    expect(await server.send('/command/ping')).toMatchObject({ status: 200 });
  });

  it('one that is taken is an error with a code, and nothing listens', async () => {
    server = await startHttp();
    const taken = { host: '127.0.0.1', port: server.port };
    await expect(startHttp({ listen: [{ host: '127.0.0.2', port: 0 }, taken] })).rejects.toMatchObject({
      code: 'policy_listen',
      field: `127.0.0.1:${server.port}`,
      message: 'cannot listen: EADDRINUSE',
    });
  });
});

describe.skipIf(!opensslIsThere)(`TLS (${OPENSSL_ABSENT})`, () => {
  const certificate = opensslIsThere ? selfSigned('localhost') : null;

  it('answers as without, from TLS 1.2 on', async () => {
    const { key: secret, cert } = certificate!;
    server = await startHttp({ tls: { certificate: cert.toString(), key: secret.toString() } });
    const options = { port: server.port, host: '127.0.0.1', ca: cert, servername: 'localhost' };
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const asked = request({
        ...options,
        method: 'POST',
        path: '/?command=allow',
        minVersion: version,
        maxVersion: version,
        agent: false,
      });
      asked.end('{"login":"u"}');
      const [answer] = await once(asked, 'response');
      expect(answer.statusCode).toBe(200);
      expect((await everything(answer)).toString()).toBe('{"status":0,"msg":"","r_attrs":{"verdict":"allow"}}');
    }
    const old = connectTls({ ...options, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    const [error] = await once(old, 'error');
    expect(error.code).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
    // No TLS at all.
    const plain = connect({ port: server.port, host: '127.0.0.1' });
    plain.write(httpRequest('/command/ping', '{}'));
    expect((await everything(plain)).toString('latin1')).not.toContain('HTTP/1.1 200');
  });
});
