import { selfSignedCertificate } from '../../certs/index.js';
import { DemoBackend, LoginProxy, type ProxyOptions, type ProxyPorts } from '../../proxy/index.js';
import { type DemoPorts, demoOptions, USUAL_PORTS } from './options.js';

/** Days for which the certificate is good: longer than anybody looks at a demonstration. */
const DAYS = 7;

/** The proxy with a backend behind it, in this process. */
export interface RunningDemo {
  readonly ports: DemoPorts;
  /** PEM. */
  readonly certificate: string;
  /** Cuts what is there. */
  close(): Promise<void>;
}

/** Starts on the usual ports, on others where one of these is taken. @throws the system's error where there are none */
export async function startDemo(told: ProxyPorts, usual: DemoPorts = USUAL_PORTS): Promise<RunningDemo> {
  const certificate = selfSignedCertificate('localhost', DAYS);
  const backend = new DemoBackend();
  const backendPort = await usualOrFree((free) => backend.listen(free ? 0 : usual.backend));
  try {
    const { proxy, bound } = await usualOrFree((free) => {
      const ports = free ? { imaps: 0, imap: 0 } : usual;
      return listening(demoOptions({ ...ports, backend: backendPort }, certificate), told);
    });
    const [imaps, imap] = bound.map(({ address }) => address!.port);
    return {
      ports: { imaps: imaps!, imap: imap!, backend: backendPort },
      certificate: certificate.chain,
      close: async () => {
        await proxy.close(0);
        backend.close();
      },
    };
  } catch (error) {
    backend.close();
    throw error;
  }
}

async function listening(options: ProxyOptions, told: ProxyPorts) {
  const proxy = new LoginProxy(options, told);
  return { proxy, bound: await proxy.listen() };
}

/** Once more where a port is taken. */
async function usualOrFree<T>(listen: (free: boolean) => Promise<T>): Promise<T> {
  try {
    return await listen(false);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    return listen(true);
  }
}
