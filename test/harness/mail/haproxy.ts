import { programPath } from './programs.js';
import { Folder, foreground, freePorts, listening, type Running } from './running.js';

export interface Haproxy extends Running {
  readonly port: number;
}

/**
 * HAProxy in TCP mode on a port of its own, which sends a PROXY header to a server of 127.0.0.1.
 *
 * @param source the address it connects from
 */
export async function startHaproxy(
  server: number,
  header: 'send-proxy' | 'send-proxy-v2' = 'send-proxy-v2',
  source = '127.0.0.1',
): Promise<Haproxy> {
  const folder = new Folder();
  const { port } = await freePorts('port');
  folder.write(
    'haproxy.cfg',
    `defaults
  mode tcp
  timeout connect 10s
  timeout client 60s
  timeout server 60s
frontend in
  bind 127.0.0.1:${port}
  default_backend out
backend out
  server one 127.0.0.1:${server} ${header} source ${source}
`,
  );
  const program = foreground(programPath('haproxy')!, ['-db', '-f', folder.at('haproxy.cfg')]);
  const stop = async () => {
    await program.stop();
    folder.remove();
  };
  try {
    await listening(port, program.printed);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, log: program.printed, stop };
}
