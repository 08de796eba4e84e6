import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { fingerprint } from '../../../src/fingerprint/index.js';
import type { ClientHello } from '../../../src/model/index.js';
import { HelloStream } from '../../../src/tls/index.js';

const installed = (command: string) => spawnSync(command, ['version']).error === undefined;
const haveOpenssl = installed('openssl');
const haveTshark = installed('tshark') && spawnSync('text2pcap', ['--version']).status === 0;

let cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups) cleanup();
  cleanups = [];
});

/** A server on loopback that reads one hello and hangs up; the hello, and the bytes it came in. */
async function listenForHello(): Promise<{ port: number; hello: Promise<{ hello: ClientHello; bytes: Buffer }> }> {
  const server: Server = createServer();
  cleanups.push(() => server.close());
  const hello = new Promise<{ hello: ClientHello; bytes: Buffer }>((resolve, reject) => {
    server.once('connection', (socket) => {
      const stream = new HelloStream();
      const chunks: Buffer[] = [];
      socket.on('error', () => {}); // the client may be gone before us
      socket.on('data', (chunk) => {
        chunks.push(chunk);
        const outcome = stream.push(chunk);
        if (outcome.state === 'need_more') return;
        socket.destroy();
        if (outcome.state === 'rejected') reject(outcome.error);
        else resolve({ hello: outcome.hello, bytes: Buffer.concat(chunks) });
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, hello };
}

function nodeClient(port: number): void {
  const socket = tlsConnect({ port, host: '127.0.0.1', servername: 'imap.example.org', ALPNProtocols: ['imap'] });
  socket.on('error', () => {}); // the server hangs up on purpose
  cleanups.push(() => socket.destroy());
}

function opensslClient(...options: string[]): (port: number) => void {
  return (port) => {
    const args = ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'imap.example.org', '-alpn', 'imap'];
    const child: ChildProcess = spawn('openssl', [...args, ...options], { stdio: 'ignore' });
    cleanups.push(() => child.kill());
  };
}

/** What tshark makes of these bytes as the first of a TCP connection to port 443. */
function tsharkJa3(bytes: Buffer): { string: string; hash: string } {
  const lines = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, i) => {
    const row = [...bytes.subarray(16 * i, 16 * i + 16)].map((byte) => byte.toString(16).padStart(2, '0'));
    return `${(16 * i).toString(16).padStart(6, '0')} ${row.join(' ')}\n`;
  });
  const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-live-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'hello.pcapng');
  spawnSync('text2pcap', ['-q', '-T', '40000,443', '-', file], { input: lines.join('') });
  const fields = ['-T', 'fields', '-e', 'tls.handshake.ja3_full', '-e', 'tls.handshake.ja3'];
  const result = spawnSync('tshark', ['-r', file, '-Y', 'tls.handshake.type == 1', ...fields], { encoding: 'utf8' });
  const [string, hash] = result.stdout.trim().split('\t');
  return { string: string!, hash: hash! };
}

const CLIENTS: [string, (port: number) => void, boolean][] = [
  ['Node', nodeClient, true],
  ['openssl s_client', opensslClient(), haveOpenssl],
  ['openssl s_client with TLS 1.2 alone', opensslClient('-tls1_2'), haveOpenssl],
];

describe('live hellos', () => {
  for (const [name, start, there] of CLIENTS) {
    it.skipIf(!there || !haveTshark)(
      `of ${name} have the ja3 tshark finds (skipped without openssl or tshark)`,
      async () => {
        const { port, hello } = await listenForHello();
        start(port);
        const received = await hello;
        expect(received.hello.serverName).toBe('imap.example.org');
        expect(received.hello.alpn).toEqual(['imap']);
        expect(received.hello.notes).toEqual([]);
        expect(fingerprint(received.hello).ja3).toEqual(tsharkJa3(received.bytes));
      },
    );
  }
});
