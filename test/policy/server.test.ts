import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Decision } from '../../src/policy/index.js';
import { IDLE_TIME, MAX_BODY, MAX_HEADER } from '../../src/policy/server/limits.js';
import { type HttpServer, httpRequest, pass, startHttp } from '../harness/policy/http.js';
import type { RecordedLogin } from '../harness/policy/record.js';
import { everything } from '../harness/tls-servers.js';

let server: HttpServer;
afterEach(() => server.close());

const reject: Decision = {
  verdict: { action: 'reject', message: 'Please call us.', rule: 'spray', source: 'rules', ignored: null },
  evidence: [{ condition: 'failed_users', found: 25, numbers: { at_least: 20, window: 600 } }],
};

function recorded(version: string): RecordedLogin[] {
  return JSON.parse(readFileSync(new URL(`../data/policy/dovecot-${version}.json`, import.meta.url), 'utf8'));
}

describe.each(['2.3', '2.4'])('what Dovecot %s sends', (version) => {
  it.each(recorded(version).map((login) => [login.login, login] as const))('%s', async (_, { requests }) => {
    server = await startHttp({}, () => reject);
    for (const { line, body } of requests) {
      const answer = await server.send(line.split(' ')[1]!, { body, headers: { 'content-type': 'application/json' } });
      expect(answer.status).toBe(200);
      expect(answer.json).toEqual(
        line.includes('report')
          ? { status: 'ok' }
          : {
              status: -1,
              msg: 'Please call us.',
              r_attrs: { verdict: 'reject', rule: 'spray', evidence: 'failed_users 25 (at_least 20, window 600)' },
            },
      );
    }
    const told = requests.map(({ body }) => JSON.parse(body));
    const heard = [...server.asked, ...server.reported.map(({ login }) => login)];
    expect(heard.map(({ user, protocol, tls, remote, session }) => ({ user, protocol, tls, remote, session }))).toEqual(
      told.map(({ login, protocol, tls, remote, session_id }) => ({
        user: login,
        protocol,
        tls,
        remote,
        session: session_id,
      })),
    );
    const reports = told.filter(({ success }) => success !== undefined);
    expect(server.reported.map(({ report }) => report)).toEqual(
      reports.map(({ success, policy_reject, fail_type = '' }) => ({
        success,
        policyReject: policy_reject,
        failType: fail_type === '' ? null : fail_type,
      })),
    );
    expect(server.notices).toEqual([]);
  });
});

describe('requests', () => {
  it.each([
    ['POST', '/?command=allow'],
    ['POST', '/?a=b&command=allow'],
    ['POST', '/command/allow'],
  ])('%s %s', async (method, path) => {
    server = await startHttp();
    const answer = await server.send(path, { method, body: { login: 'u' } });
    expect(answer).toMatchObject({ status: 200, json: { status: 0, msg: '', r_attrs: { verdict: 'allow' } } });
  });

  it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', ''])('of type "%s"', async (type) => {
    server = await startHttp();
    const answer = await server.raw(
      httpRequest(
        '/command/allow',
        '{"login":"u"}',
        ...(type === '' ? [] : [`Content-Type: ${type}`]),
        'Connection: close',
      ),
    );
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  it('never pass a hash of a password on, nor tell of it', async () => {
    server = await startHttp({}, () => reject);
    const { text } = await server.send('/?command=allow', {
      body: { login: 'u', pwhash: '0a0e', attrs: { pwhash: '0a0e' } },
    });
    expect(text).not.toContain('0a0e');
    expect(JSON.stringify(server.asked)).not.toContain('0a0e');
  });

  it('are answered in one piece, with their length', async () => {
    server = await startHttp();
    const socket = connect({ port: server.port, host: '127.0.0.1' });
    const said = everything(socket);
    socket.write(httpRequest('/command/allow', '{}', 'Connection: close'));
    const [head = '', body = ''] = (await said).toString().split('\r\n\r\n');
    expect(head.toLowerCase().split('\r\n')).toContain(`content-length: ${body.length}`);
    expect(head).not.toMatch(/transfer-encoding/i);
    expect(JSON.parse(body)).toMatchObject({ status: 0 });
  });

  it('leave the connection open for longer than Dovecot waits with the next one', async () => {
    server = await startHttp();
    const answer = await server.send('/command/ping');
    expect(answer.headers.get('keep-alive')).toBe(`timeout=${IDLE_TIME / 1000}`);
    expect(IDLE_TIME).toBeGreaterThan(10_000);
  });

  it('come one behind the other on one connection, good ones behind broken ones', async () => {
    server = await startHttp();
    const said = await server.raw(
      httpRequest('/?command=allow', '{"login":"one"}'),
      // What Dovecot 2.3 makes of attributes named other/a/b and other/c.
      httpRequest('/?command=allow', '{"login":"two","other":{"a":{"a/b":"y","other":{"c":"z"}},"tls":false}'),
      httpRequest('/nothing', '{}'),
      httpRequest('/?command=allow', '{"login":"three"}', 'Connection: close'),
    );
    expect([...said.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '400', '404', '200']);
    expect(server.asked.map(({ user }) => user)).toEqual(['one', 'three']);
    expect(server.notices).toEqual([
      {
        message: 'a request to the policy server could not be taken',
        details: { times: 1, code: 'policy_request', field: 'body', offset: 70, what: 'not JSON', from: '127.0.0.1' },
      },
    ]);
  });
});

describe('what cannot be taken', () => {
  it.each<[status: number, path: string, body: string, reason: string]>([
    [400, '/command/allow', '', 'body: empty'],
    [400, '/command/allow', '{', 'body at byte 1: not JSON'],
    [400, '/command/allow', '[]', 'body: not what is expected here'],
    [400, '/command/allow', 'null', 'body: not what is expected here'],
    [400, '/command/allow', '"secret"', 'body: not what is expected here'],
    [400, '/command/allow', '{"login":{"secret":1}}', 'login: not what is expected here'],
    [400, '/command/allow', '{"attrs":{"ja3":{"secret":1}}}', 'attrs.ja3: not what is expected here'],
    [400, '/command/report', '{"login":"secret"}', 'success: not what is expected here'],
    [400, '/command/addBLEntry', '{"ip":"192.0.2.7","reason":"secret"}', 'expire_secs: not what is expected here'],
    [400, '/command/addBLEntry', '{"ip":"192.0.2.7","expire_secs":9}', 'reason: not what is expected here'],
    [400, '/command/addBLEntry', '{"expire_secs":9,"reason":"secret"}', 'ip: neither ip nor login nor ja3'],
    [400, '/command/reset', '{"login":"secret","ja3":"0"}', 'ja3: login and ja3 exclude each other'],
    [500, '/command/addBLEntry', '{"ip":"secret","expire_secs":9,"reason":"secret"}', 'ip: no address'],
    [500, '/command/getDBStats', '{"ip":"secret"}', 'ip: no address'],
    [404, '/command/secret', '{}', 'Not found'],
    [404, '/?command=secret', '{}', 'Not found'],
    [404, '/', '{}', 'Not found'],
    [404, '/%', '{}', 'Not found'],
    [413, '/command/allow', `{"login":"${'secret'.repeat(MAX_BODY / 6)}"}`, 'body: too long'],
  ])('%i: %s %s', async (status, path, body, reason) => {
    server = await startHttp();
    const answer = await server.send(path, { body });
    expect(answer).toMatchObject({ status, json: { status: 'failure', reason } });
    expect(JSON.stringify(server.notices)).not.toContain('secret');
    expect(server.notices).toHaveLength(status === 404 ? 0 : 1);
  });

  it.each(['allow', 'report', 'addBLEntry', 'reset', 'getDBStats'])(
    'GET /command/%s, as in wforce',
    async (command) => {
      server = await startHttp();
      const answer = await server.send(`/command/${command}`, { method: 'GET' });
      expect(answer).toMatchObject({ status: 404, json: { status: 'failure', reason: 'Not found' } });
    },
  );

  it('a body of exactly the limit can', async () => {
    server = await startHttp();
    const body = `{"login":"u"${' '.repeat(MAX_BODY - 13)}}`;
    expect(await server.send('/command/allow', { body })).toMatchObject({ status: 200 });
    expect(await server.send('/command/allow', { body: `${body} ` })).toMatchObject({ status: 413 });
  });

  it.each([
    ['400', 'nonsense\r\n\r\n'],
    ['400', 'POST /command/allow HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    ['400', 'POST /command/allow HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}'],
    ['400', 'POST /command/allow HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['431', `POST /command/allow HTTP/1.1\r\nX: ${'x'.repeat(MAX_HEADER)}\r\n\r\n`],
    [
      '413',
      `POST /command/allow HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${`1000\r\n${'x'.repeat(4096)}\r\n`.repeat(20)}0\r\n\r\n`,
    ],
  ])('%s: what is no good HTTP', async (status, bytes) => {
    server = await startHttp();
    const said = await server.raw(bytes);
    const [head = '', body = ''] = said.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/^connection: close$/im);
    expect(JSON.parse(body)).toMatchObject({ status: 'failure' });
  });

  it.each([
    '',
    'POST /command/allow HTTP/1.1\r\nContent-',
    'POST /command/allow HTTP/1.1\r\nContent-Length: 9\r\n\r\n{"login"',
  ])('what is not finished is ended: "%s"', async (bytes) => {
    server = await startHttp();
    const said = await server.raw(bytes);
    expect(said).toMatch(bytes === '' ? /^(HTTP\/1.1 408 .*)?$/s : /^HTTP\/1.1 408 .*"failure"/s);
    expect(server.asked).toEqual([]);
  });

  it('a fault of a decider is no end', async () => {
    let isFaulty = true;
    server = await startHttp({}, () => {
      if (isFaulty) throw new TypeError('about secret things');
      return pass;
    });
    const answer = await server.send('/command/allow', { body: '{}' });
    expect(answer).toMatchObject({ status: 500, json: { status: 'failure', reason: 'Internal error' } });
    expect(server.notices).toMatchObject([{ details: { code: 'policy_server', error: 'TypeError' } }]);
    expect(JSON.stringify(server.notices)).not.toContain('secret');
    isFaulty = false;
    expect(await server.send('/command/allow', { body: '{}' })).toMatchObject({ status: 200 });
  });
});

describe('lists and counts', () => {
  const ja3 = 'f35ce21b44ac0b87d3266294bb1b0e20';
  const until = { expire_secs: 11_374, reason: 'spray' };
  const listed = { expiration: '2025-Jun-20 15:09:34', reason: 'spray' };

  it.each([
    ['BL', 'bl_entries'],
    ['WL', 'wl_entries'],
  ])('entries of %s come, are shown as wforce does, and go', async (name, member) => {
    server = await startHttp();
    const keys = [
      { ip: '192.0.2.7' },
      { netmask: '192.0.2.9/24' },
      { login: 'User' },
      { ja3: ja3.toUpperCase() },
      { ip: '192.0.2.7', login: 'u' },
      { ip: '2001:DB8::7', ja3 },
    ];
    for (const key of keys) {
      const added = await server.send(`/command/add${name}Entry`, { body: { ...key, ...until } });
      expect(added).toMatchObject({ status: 200, json: { status: 'ok' } });
    }
    for (const [method, path] of [
      ['GET', `/command/get${name}`],
      ['POST', `/?command=get${name}`],
    ] as const) {
      expect((await server.send(path, { method })).json).toEqual({
        [member]: [
          { ip: '192.0.2.7', ...listed },
          { ip: '192.0.2.0/24', ...listed },
          { login: 'user', ...listed },
          { ja3, ...listed },
          { iplogin: '192.0.2.7:u', ...listed },
          { ipja3: `2001:db8::7:${ja3}`, ...listed },
        ],
      });
    }
    for (const key of keys) await server.send(`/?command=del${name}Entry`, { body: key });
    expect(server.entries).toEqual([]);
    expect(await server.send(`/command/del${name}Entry`, { body: { ip: '192.0.2.7' } })).toMatchObject({ status: 200 });
  });

  it('counts and entries of a key', async () => {
    server = await startHttp();
    await server.send('/command/addBLEntry', { body: { ip: '192.0.2.7', login: 'u', ...until } });
    const stats = { devices: { succeeded: 3, failed: 1 } };
    const nowhere = { whitelisted: false, wl_reason: '', wl_expire: '', stats };
    expect((await server.send('/command/getDBStats', { body: { ip: '192.0.2.7', login: 'U' } })).json).toEqual({
      ip_login: '192.0.2.7:u',
      blacklisted: true,
      bl_reason: 'spray',
      bl_expire: '2025-Jun-20 15:09:34',
      ...nowhere,
    });
    for (const [key, shown] of [
      [{ ip: '192.0.2.7' }, { ip: '192.0.2.7' }],
      [{ login: 'u' }, { login: 'u' }],
      [{ ja3 }, { ja3 }],
      [{ ip: '192.0.2.7', ja3 }, { ip_ja3: `192.0.2.7:${ja3}` }],
    ]) {
      expect((await server.send('/?command=getDBStats', { body: key! })).json).toEqual({
        ...shown,
        blacklisted: false,
        bl_reason: '',
        bl_expire: '',
        ...nowhere,
      });
    }
  });

  it('are forgotten', async () => {
    server = await startHttp();
    expect(await server.send('/command/reset', { body: { ip: '192.0.2.7', ja3 } })).toMatchObject({
      json: { status: 'ok' },
    });
    expect(server.reset).toEqual([{ ip: '192.0.2.7', login: null, ja3 }]);
  });
});

describe('the attributes', () => {
  const documented = new URL('../../../shared/data/ja4_vectors.tsv', import.meta.url);
  it.skipIf(!existsSync(documented))('of the JA4 vectors are all taken (skipped without ../shared)', async () => {
    server = await startHttp();
    const hashes = new Set(
      readFileSync(documented, 'utf8').match(/\bt\d\d[di]\d{4}[\w]{2}_[0-9a-f]{12}_[0-9a-f]{12}\b/g),
    );
    expect(hashes.size).toBeGreaterThan(3);
    for (const ja4 of hashes) await server.send('/?command=allow', { body: { attrs: { ja4 } } });
    expect(server.asked.map(({ views }) => views.ja4?.hash)).toEqual([...hashes]);
  });
});
