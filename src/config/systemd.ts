/** Sockets that systemd has bound, by their names: descriptors. */
export type SystemdSockets = ReadonlyMap<string, readonly number[]>;

/** First descriptor that is handed over (SD_LISTEN_FDS_START of sd_listen_fds(3)). */
const FIRST = 3;

/** More than a service may have open at all is no number of sockets. */
const MOST = 4096;

/**
 * Reads what systemd left in the environment (sd_listen_fds(3)): LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES. Sockets without a name are called `unknown`, as there.
 *
 * @param pid of this process: what was meant for another is not ours
 */
export function systemdSockets(environment: Readonly<Record<string, string | undefined>>, pid: number): SystemdSockets {
  const sockets = new Map<string, number[]>();
  const count = /^\d{1,4}$/.test(environment.LISTEN_FDS ?? '') ? Number(environment.LISTEN_FDS) : 0;
  if (environment.LISTEN_PID !== String(pid) || count > MOST) return sockets;
  const names = environment.LISTEN_FDNAMES?.split(':') ?? [];
  for (let i = 0; i < count; i++) {
    const name = names[i] ?? 'unknown';
    sockets.set(name, [...(sockets.get(name) ?? []), FIRST + i]);
  }
  return sockets;
}
