/** First descriptor that systemd hands over (sd_listen_fds(3)); standard input, output and error come before. */
const FIRST = 3;

/**
 * Sockets that listen already when the process starts, as systemd hands them over: `LISTEN_FDS` of them, with the names in `LISTEN_FDNAMES` (`FileDescriptorName=` of the
 * socket unit, else the unit's own name). They count only where `LISTEN_PID` is this process.
 *
 * @param environment not changed; children must not be given these variables
 * @returns descriptors by name, several of one name in order
 */
export function inheritedSockets(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
): ReadonlyMap<string, readonly number[]> {
  const sockets = new Map<string, number[]>();
  const { LISTEN_PID: forPid = '', LISTEN_FDS: fds = '', LISTEN_FDNAMES: names = '' } = environment;
  if (forPid !== String(pid) || !/^[1-9]\d{0,3}$/.test(fds)) return sockets;
  const listed = names.split(':');
  for (let i = 0; i < Number(fds); i++) {
    const name = listed[i] || 'unknown';
    const same = sockets.get(name);
    if (same === undefined) sockets.set(name, [FIRST + i]);
    else same.push(FIRST + i);
  }
  return sockets;
}
