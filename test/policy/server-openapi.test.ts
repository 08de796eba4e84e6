import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpAnswer, type HttpServer, type Sent, startHttp } from '../harness/policy/http.js';
import type { RecordedLogin } from '../harness/policy/record.js';

type Operation = { readonly requestBody?: object; readonly responses: Readonly<Record<string, object>> };
type Description = {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly securitySchemes: object };
};

let server: HttpServer;
let description: Description;
let ajv: Ajv2020.default;

beforeAll(async () => {
  server = await startHttp({ manage: { password: null, apiKey: 'manage' } }, (login) => ({
    verdict: { action: 'tarpit', seconds: 3, rule: 'a', source: 'rules', ignored: null },
    evidence: [{ condition: 'user', found: login.user !== null, numbers: { at_least: 1 } }],
  }));
  description = (await server.send('/openapi.json', { method: 'GET' })).json as Description;
  // Descriptions have members of OpenAPI beside those of JSON Schema 2020-12.
  ajv = new Ajv2020.default({ strict: false });
  ajv.addSchema(description, 'https://example.org/openapi.json');
});
afterAll(() => server.close());

const pointer = (...names: readonly string[]) =>
  `https://example.org/openapi.json#/${names.map((name) => name.replaceAll('/', '~1')).join('/')}`;

function problems(value: unknown, ...place: readonly string[]): unknown {
  const validate = ajv.compile({ $ref: pointer(...place, 'content', 'application/json', 'schema') });
  return validate(value) ? null : validate.errors;
}

/** Every place of the description a request belongs to. */
const placesOf = (path: string): readonly string[] => {
  const [, old] = /^\/\?(?:.*&)?command=(\w+)/.exec(path) ?? [];
  return old === undefined ? [path] : ['/', `/command/${old}`];
};

async function sent(path: string, { method = 'POST', ...more }: Sent): Promise<HttpAnswer> {
  const answer = await server.send(path, { method, ...more });
  for (const place of placesOf(path)) {
    const operation = description.paths[place]?.[method.toLowerCase()];
    if (operation === undefined) continue;
    const status = operation.responses[answer.status] === undefined ? `${`${answer.status}`[0]}XX` : `${answer.status}`;
    const at = ['paths', place, method.toLowerCase(), 'responses', status];
    const target = (operation.responses[status] as { $ref?: string }).$ref;
    const names =
      target === undefined
        ? at
        : target
            .slice(2)
            .split('/')
            .map((name) => name.replaceAll('~1', '/'));
    expect(problems(answer.json, ...names)).toBeNull();
  }
  return answer;
}

describe.each(['2.3', '2.4'])('requests of Dovecot %s', (version) => {
  const logins: RecordedLogin[] = JSON.parse(
    readFileSync(new URL(`../data/policy/dovecot-${version}.json`, import.meta.url), 'utf8'),
  );
  it.each(logins.map((login) => [login.login, login] as const))('%s', async (_, { requests }) => {
    expect(requests.length).toBeGreaterThan(1);
    for (const { line, body } of requests) {
      const [method = '', path = ''] = line.split(' ');
      for (const place of placesOf(path)) {
        expect(problems(JSON.parse(body), 'paths', place, method.toLowerCase(), 'requestBody')).toBeNull();
      }
      expect((await sent(path, { method, body })).status).toBe(200);
    }
  });
});

describe('the description', () => {
  it('is OpenAPI 3.1 of this version', () => {
    expect(description).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\.\d+$/),
      info: { version: '1.2.3' },
      components: {
        securitySchemes: {
          password: { type: 'http', scheme: 'basic' },
          key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        },
      },
    });
  });

  it('has every command, in both forms', () => {
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
    ];
    const post = commands.map((name) => `/command/${name}`);
    expect(Object.keys(description.paths)).toEqual(expect.arrayContaining(['/', '/openapi.json', ...post]));
    for (const path of post) expect(description.paths[path]).toHaveProperty('post');
    for (const name of ['getBL', 'getWL', 'ping', 'livez', 'readyz'])
      expect(description.paths[`/command/${name}`]).toHaveProperty('get');
    const [{ schema }] = (description.paths['/']!.post as unknown as { parameters: [{ schema: { enum: string[] } }] })
      .parameters;
    expect(schema.enum.toSorted()).toEqual(commands.toSorted());
  });

  it('leads nowhere that is not there', () => {
    const text = JSON.stringify(description);
    const references = new Set([...text.matchAll(/"\$ref":"(#[^"]+)"/g)].map(([, target]) => target!));
    expect(references.size).toBeGreaterThan(5);
    for (const target of references) {
      const names = target
        .slice(2)
        .split('/')
        .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
      const found = names.reduce<unknown>(
        (value, name) => (value as Record<string, unknown> | undefined)?.[name],
        description,
      );
      expect(found, target).toBeTypeOf('object');
    }
  });

  it('says how to be let in wherever that is asked for', () => {
    for (const [path, item] of Object.entries(description.paths)) {
      for (const operation of Object.values(item)) {
        const isFree = ['/command/livez', '/command/readyz'].includes(path);
        expect(operation, path).toMatchObject({ security: isFree ? [] : [{ password: [] }, { key: [] }] });
      }
    }
  });
});

describe('answers are as described', () => {
  const manage = { 'x-api-key': 'manage' };
  const entry = { ip: '192.0.2.7', login: 'u', expire_secs: 60, reason: 'r' };

  it.each<[status: number, path: string, sent: Sent]>([
    [200, '/command/allow', { body: { login: 'u' } }],
    [200, '/command/report', { body: { login: 'u', success: true } }],
    [200, '/command/addBLEntry', { body: entry, headers: manage }],
    [200, '/?command=addWLEntry', { body: { ...entry, login: undefined }, headers: manage }],
    [200, '/command/getBL', { method: 'GET', headers: manage }],
    [200, '/?command=getWL', { headers: manage }],
    [200, '/command/getDBStats', { body: { ip: '192.0.2.7', login: 'u' } }],
    [200, '/command/getDBStats', { body: { ip: '192.0.2.7' } }],
    [200, '/command/getDBStats', { body: { ja3: 'f35ce21b44ac0b87d3266294bb1b0e20' } }],
    [200, '/command/reset', { body: { login: 'u' }, headers: manage }],
    [200, '/command/delBLEntry', { body: { ip: '192.0.2.7', login: 'u' }, headers: manage }],
    [200, '/command/delWLEntry', { body: { ip: '192.0.2.7' }, headers: manage }],
    [200, '/command/ping', { method: 'GET' }],
    [200, '/?command=ping', {}],
    [200, '/command/livez', { method: 'GET' }],
    [200, '/command/readyz', { method: 'GET' }],
    [200, '/openapi.json', { method: 'GET' }],
    [400, '/command/allow', { body: '{' }],
    [400, '/?command=report', { body: {} }],
    [401, '/command/getBL', { method: 'GET' }],
    [413, '/command/allow', { body: 'x'.repeat(70_000) }],
    [500, '/command/reset', { body: { ip: 'x' }, headers: manage }],
  ])('%i: %s', async (status, path, what) => {
    expect((await sent(path, what)).status).toBe(status);
  });

  it('which is no empty word', () => {
    const at = ['paths', '/command/allow', 'post', 'responses', '200'];
    expect(problems({ status: 0, msg: '', r_attrs: {} }, ...at)).toBeNull();
    expect(problems({ status: 0, msg: '' }, ...at)).not.toBeNull();
    expect(problems({ status: '0', msg: '', r_attrs: {} }, ...at)).not.toBeNull();
    expect(problems({ status: 0, msg: '', r_attrs: { a: 1 } }, ...at)).not.toBeNull();
    const body = ['paths', '/', 'post', 'requestBody'];
    expect(problems({ login: {} }, 'paths', '/command/allow', 'post', 'requestBody')).not.toBeNull();
    expect(problems({ login: {}, ip: 1, expire_secs: '' }, ...body)).not.toBeNull();
  });
});
