import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuzzParameters } from '../harness/fuzz.js';
import { type HttpServer, httpRequest, startHttp } from '../harness/policy/http.js';
import { everything } from '../harness/tls-servers.js';

let server: HttpServer;
beforeAll(async () => {
  server = await startHttp();
});
afterAll(() => server.close());

const commands = [
  'allow',
  'report',
  'reset',
  'getDBStats',
  'addBLEntry',
  'addWLEntry',
  'delBLEntry',
  'delWLEntry',
  'getBL',
  'getWL',
  'ping',
  'nothing',
];
const command = fc.constantFrom(...commands);
const names = [
  'login',
  'remote',
  'attrs',
  'ja3',
  'ssl_ja3',
  'ja4',
  'device_id',
  'tls',
  'success',
  'policy_reject',
  'ip',
  'netmask',
  'expire_secs',
  'reason',
  'local_port',
  'session_id',
];
const poison = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '', '\0', '\ud800'];

/** Whatever members of a request may be. */
const value: fc.Arbitrary<unknown> = fc.oneof(
  { depthSize: 'small', withCrossShrink: true },
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    'f35ce21b44ac0b87d3266294bb1b0e20',
    '771,4865,0,29,0',
    '192.0.2.7',
    '2001:db8::1',
    '::ffff:1.2.3.4',
    '10.0.0.0/8',
    '"name" "x" "y',
    'true',
  ),
  fc.double(),
  fc.constantFrom(1e308, -0, 2 ** 53, 1e21, 4711),
  fc.bigInt().map(Number),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.jsonValue(), { maxLength: 5 }),
);

/** Written by hand: names may come twice, and any may be `__proto__`. */
const object: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom(...names), fc.constantFrom(...poison), fc.string({ maxLength: 10 })),
      fc.oneof(
        value.map((some) => JSON.stringify(some) ?? 'null'),
        fc.array(fc.tuple(fc.constantFrom(...names, ...poison), value), { maxLength: 6 }).map(textOf),
      ),
    ),
    { maxLength: 20 },
  )
  .map((members) => `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`);

function textOf(members: readonly (readonly [string, unknown])[]): string {
  return `{${members.map(([name, some]) => `${JSON.stringify(name)}:${JSON.stringify(some) ?? 'null'}`).join(',')}}`;
}

const body = fc.oneof(
  { weight: 8, arbitrary: object },
  { weight: 2, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')) },
  { weight: 2, arbitrary: fc.tuple(object, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '['.repeat(60_000),
      '{"a":'.repeat(12_000),
      `{"attrs":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `{${Array.from({ length: 5000 }, (_, i) => `"a${i}":1`).join(',')}}`,
      `{"login":"${'ä'.repeat(30_000)}"}`,
      '{"login":1e999}',
      `{"local_port":${'9'.repeat(5000)}}`,
    ),
  },
);

const codes = [200, 400, 404, 413, 500];

/** Whatever comes, it is answered with a code and JSON in our shape; 500 for what is no address only. */
async function isAnswered(path: string, text: string): Promise<void> {
  const { status, json } = await server.send(path, { body: text });
  expect(codes).toContain(status);
  if (status === 200) expect(json).not.toMatchObject({ status: 'failure' });
  else
    expect(json).toMatchObject({
      status: 'failure',
      reason: expect.stringMatching(status === 500 ? /: no address$/ : /./),
    });
}

/** It still decides, and nothing of what came has changed how. */
async function isWell(): Promise<void> {
  const answer = await server.send('/?command=allow', { body: { login: 'well' } });
  expect(answer).toMatchObject({ status: 200, json: { status: 0, msg: '', r_attrs: { verdict: 'allow' } } });
  expect(server.asked.at(-1)).toMatchObject({ user: 'well', remote: null, clientId: null });
  expect({}).not.toHaveProperty('login');
}

describe('whatever is sent', () => {
  it('as a body', async () => {
    await fc.assert(
      fc.asyncProperty(command, fc.boolean(), body, (name, isOld, text) =>
        isAnswered(isOld ? `/?command=${name}` : `/command/${name}`, text),
      ),
      fuzzParameters(1500),
    );
    await isWell();
  });

  it('as a target', async () => {
    const target = fc.oneof(
      fc.string({ unit: 'grapheme-ascii', maxLength: 60 }).map((text) => `/${text.replace(/[#\s]/g, '')}`),
      fc.tuple(command, fc.webQueryParameters()).map(([name, query]) => `/?${query}&command=${name}`),
    );
    await fc.assert(
      fc.asyncProperty(target, async (path) => {
        const said = await server.raw(httpRequest(path, '{"login":"u","success":true}', 'Connection: close'));
        expect(said).toMatch(/^HTTP\/1.1 (200|400|404) .*"(status|bl_entries|wl_entries|stats)":/s);
      }),
      fuzzParameters(300),
    );
    await isWell();
  });

  it('as bytes: pipelined, in pieces, half', async () => {
    const requests = fc
      .array(
        fc.tuple(
          command,
          body,
          fc.constantFrom(
            'X: y',
            'Expect: 100-continue',
            'Upgrade: h2c',
            'Connection: Upgrade',
            'Content-Encoding: gzip',
          ),
        ),
        { minLength: 1, maxLength: 6 },
      )
      .map((all) => all.map(([name, text, header]) => httpRequest(`/?command=${name}`, text, header)).join(''));
    const bytes = fc.oneof(
      { weight: 4, arbitrary: requests },
      { weight: 3, arbitrary: fc.tuple(requests, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(requests, fc.nat(), fc.string({ unit: 'binary-ascii', maxLength: 10 }))
          .map(([text, at, junk]) => text.slice(0, at % text.length) + junk + text.slice(at % text.length)),
      },
      {
        weight: 1,
        arbitrary: fc.uint8Array({ minLength: 1, maxLength: 300 }).map((some) => Buffer.from(some).toString('latin1')),
      },
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.array(fc.nat(), { maxLength: 5 }), async (text, cuts) => {
        const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true });
        const said = everything(socket);
        let from = 0;
        for (const cut of cuts.map((at) => at % (text.length + 1)).toSorted((a, b) => a - b)) {
          socket.write(text.slice(from, cut));
          from = cut;
        }
        // Half a connection is an end: nothing is left to wait for.
        socket.end(text.slice(from));
        for (const [, status] of (await said).toString('latin1').matchAll(/HTTP\/1.1 (\d+)/g)) {
          expect([100, ...codes, 408, 431]).toContain(Number(status));
        }
      }),
      fuzzParameters(300),
    );
    await isWell();
  });
});

describe('memory', () => {
  it('is given back: a long body that never ends is not kept', async () => {
    const socket = connect({ port: server.port, host: '127.0.0.1' });
    const said = everything(socket);
    socket.write('POST /?command=allow HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    let written = 0;
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      const more = () => {
        if (socket.destroyed) return;
        written += chunk.length;
        socket.write(chunk, () => setImmediate(more));
      };
      more();
    });
    // Whether the answer arrives before the reset is the kernel's affair.
    expect((await said).toString()).toMatch(/^(HTTP\/1.1 413 .*)?$/s);
    expect(written).toBeGreaterThan(65_536);
    await isWell();
  });

  it('of notices stays small, whatever is complained about', () => {
    expect(server.notices.length).toBeLessThan(100);
  });
});
