import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Programs that say hello to a server on loopback that hangs up then. Mutt sends a mail: for that it needs no terminal. */
const PROGRAMS = {
  mutt: (port: number) =>
    ['-n', '-F', '/dev/null', '-e', `set smtp_url="smtps://127.0.0.1:${port}"`].concat(
      ['-e', 'set from=eve@example.org', '-e', 'set copy=no'],
      ['-s', 'hello', 'bob@example.org'],
    ),
  'gnutls-cli': (port: number) => ['--insecure', '-p', String(port), '127.0.0.1'],
} as const;

export type RealProgram = keyof typeof PROGRAMS;

export function isInstalled(program: RealProgram): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}

/** The first bytes the program sends: one record with its hello. */
export async function realHello(program: RealProgram): Promise<Buffer> {
  const server = createServer();
  let child: ChildProcess | null = null;
  try {
    const first = new Promise<Buffer>((resolve) => {
      server.once('connection', (socket) => {
        const chunks: Buffer[] = [];
        socket.on('error', () => {}); // the client may be gone before us
        socket.on('data', (chunk) => {
          chunks.push(chunk);
          const bytes = Buffer.concat(chunks);
          if (bytes.length < 5 || bytes.length < 5 + bytes.readUInt16BE(3)) return;
          socket.destroy();
          resolve(bytes);
        });
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    child = spawn(program, PROGRAMS[program]((server.address() as AddressInfo).port), { stdio: 'ignore' });
    return await first;
  } finally {
    child?.kill();
    server.close();
  }
}
