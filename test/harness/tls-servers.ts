import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const opensslIsThere = spawnSync('openssl', ['version']).status === 0;
export const OPENSSL_ABSENT = 'skipped where openssl is not installed';

export interface KeyAndCertificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/**
 * A key and a certificate for one name, signed with itself.
 *
 * @param subject what it is for, as openssl's `subjectAltName` has it
 */
export function selfSigned(name: string, subject = `DNS:${name}`): KeyAndCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-test-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const options = ['-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=${subject}`];
    const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...algorithm, '-keyout', key, '-out', cert, ...options], {
      stdio: 'ignore',
    });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Puts a server on a free port of loopback. @returns the port */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Closes a server and every connection it has. */
export function closer(server: Server): () => Promise<void> {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return async () => {
    for (const socket of open) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
}

/** Everything a stream gives until it has closed, however that comes about. */
export async function everything(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => {}); // an end like any other here
  if (!socket.closed) await once(socket, 'close').catch(() => {});
  return Buffer.concat(chunks);
}

/** A relay in front of a server that sends the client's bytes on in its own way, and remembers them. */
export async function relay(
  port: number,
  send: (bytes: Buffer, to: Socket) => void | Promise<void> = (bytes, to) => void to.write(bytes),
): Promise<{ port: number; sent: () => Buffer; close: () => Promise<void> }> {
  const chunks: Buffer[] = [];
  const server = createServer((client) => {
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true });
    let before = Promise.resolve();
    client.on('data', (chunk) => {
      chunks.push(chunk);
      before = before.then(() => send(chunk, upstream));
    });
    client.on('end', () => (before = before.then(() => void upstream.end())));
    upstream.pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => void (one === upstream && other.end()));
    }
  });
  const close = closer(server);
  return { port: await listen(server), sent: () => Buffer.concat(chunks), close };
}

/** Byte after byte, each in a turn of its own. */
export async function byteByByte(bytes: Buffer, to: Socket): Promise<void> {
  for (const byte of bytes) {
    if (to.destroyed) return;
    await new Promise((resolve) => to.write(Uint8Array.of(byte), () => setImmediate(resolve)));
  }
}
