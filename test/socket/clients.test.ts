import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintConnections } from '../../src/socket/index.js';
import { closer, type KeyAndCertificate, listen, opensslIsThere, relay, selfSigned } from '../harness/tls-servers.js';
import { tsharkCanReadBytes, tsharkJa3 } from '../harness/tshark-hello.js';

const PYTHON = `import socket, ssl, sys
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as tcp:
    with context.wrap_socket(tcp, server_hostname='localhost') as tls:
        print(tls.recv(100).decode())
`;

/** Real clients: the program, whether it is installed, and its arguments. */
const CLIENTS: readonly [name: string, program: string, version: string, args: (port: number) => string[]][] = [
  ['openssl s_client', 'openssl', 'version', (port) => ['s_client', '-connect', `127.0.0.1:${port}`, '-ign_eof']],
  [
    'openssl s_client, TLS 1.2',
    'openssl',
    'version',
    (port) => ['s_client', '-tls1_2', '-connect', `127.0.0.1:${port}`, '-ign_eof'],
  ],
  ['curl', 'curl', '--version', (port) => ['--insecure', '--http0.9', '-s', `https://localhost:${port}/`]],
  ['gnutls-cli', 'gnutls-cli', '--version', (port) => ['--insecure', '-p', `${port}`, '127.0.0.1']],
  ['python ssl', 'python3', '--version', (port) => ['-c', PYTHON, `${port}`]],
];

let keys: KeyAndCertificate;
beforeAll(() => {
  if (opensslIsThere) keys = selfSigned('localhost');
});

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('real clients of a server with the hook', () => {
  for (const [name, program, version, args] of CLIENTS) {
    const isThere = opensslIsThere && tsharkCanReadBytes && spawnSync(program, [version]).status === 0;
    it.skipIf(!isThere)(
      `${name} is served, and has the ja3 tshark finds (skipped without ${program}, openssl or tshark)`,
      async () => {
        const server = createServer(keys, (socket) => socket.on('error', () => {}).end('served'));
        fingerprintConnections(server);
        cleanups.push(closer(server));
        const between = await relay(await listen(server));
        cleanups.push(between.close);
        const secured = once(server, 'secureConnection') as Promise<[TLSSocket]>;
        const child: ChildProcess = spawn(program, args(between.port), { stdio: ['pipe', 'pipe', 'ignore'] });
        cleanups.push(() => child.kill());
        let output = '';
        child.stdout!.on('data', (chunk) => {
          output += chunk;
        });
        const [[socket]] = await Promise.all([secured, once(child, 'close')]);
        expect(output).toContain('served');
        expect(socket.fingerprint!.ja3).toEqual(tsharkJa3(between.sent()));
      },
    );
  }
});
