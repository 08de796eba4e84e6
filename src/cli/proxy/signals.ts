/** What a running proxy does on signals. */
export interface SignalActions {
  /** SIGHUP: configuration, certificates, tables and log file again. */
  readonly reload: () => void;
  /** SIGTERM or SIGINT: no more connections, and an end when sessions have ended. */
  readonly stop: () => void;
  /** The second one: an end now. */
  readonly kill: () => void;
}

export function onSignals({ reload, stop, kill }: SignalActions): void {
  let asked = false;
  const end = () => {
    if (asked) kill();
    else stop();
    asked = true;
  };
  process.on('SIGHUP', reload);
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

/** For a worker: a terminal's Ctrl-C reaches all processes, and it is the first one that says what happens then. */
export function ignoreSignals(): void {
  for (const signal of ['SIGHUP', 'SIGTERM', 'SIGINT'] as const) process.on(signal, () => {});
}
