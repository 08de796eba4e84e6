import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { everything, opensslIsThere, relay, selfSigned } from '../harness/tls-servers.js';
import { tsharkCanReadBytes, tsharkJa3 } from '../harness/tshark-hello.js';

const root = new URL('../../', import.meta.url);
const isBuilt = existsSync(new URL('dist/socket/index.js', root));

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Starts an example on a free port, with a relay before it. @returns its lines of output from then on */
async function start(name: string): Promise<{ port: number; sent: () => Buffer; nextLine: () => Promise<string> }> {
  const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-test-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  const { key, cert } = selfSigned('localhost');
  writeFileSync(join(folder, 'key.pem'), key);
  writeFileSync(join(folder, 'cert.pem'), cert);
  const args = [
    fileURLToPath(new URL(`examples/${name}`, root)),
    join(folder, 'key.pem'),
    join(folder, 'cert.pem'),
    '0',
  ];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanups.push(() => child.kill());
  const lines = createInterface({ input: child.stdout! });
  const nextLine = async () => ((await once(lines, 'line')) as [string])[0];
  const [, port] = (await nextLine()).match(/port: (\d+)/)!;
  const between = await relay(Number(port));
  cleanups.push(between.close);
  return { ...between, nextLine };
}

async function get(port: number): Promise<{ ja3: string }> {
  const req = request({ port, host: '127.0.0.1', agent: false, rejectUnauthorized: false }).end();
  const [res] = await once(req, 'response');
  return JSON.parse(await text(res));
}

const WHY_NOT = 'skipped where dist is not built, without openssl or tshark';

describe.skipIf(!isBuilt || !opensslIsThere || !tsharkCanReadBytes)(`the examples of servers (${WHY_NOT})`, () => {
  it('https: answers with the hashes', async () => {
    const { port, sent } = await start('fingerprint-an-https-server.mjs');
    const { ja3 } = await get(port);
    expect(ja3).toBe(tsharkJa3(sent()).hash);
  });

  it('raw TLS: logs the hashes', async () => {
    const { port, sent, nextLine } = await start('fingerprint-a-tls-server.mjs');
    const line = nextLine();
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    expect((await everything(socket)).toString()).toBe('* BYE this is an example\r\n');
    expect(await line).toContain(`127.0.0.1 ja3=${tsharkJa3(sent()).hash} ja4=t13`);
  });

  it.skipIf(!isInstalled('fastify'))(
    'fastify: answers with the hashes (skipped where fastify is not installed)',
    async () => {
      const { port, sent } = await start('fingerprint-a-fastify-server.mjs');
      const { ja3 } = await get(port);
      expect(ja3).toBe(tsharkJa3(sent()).hash);
    },
  );
});

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
