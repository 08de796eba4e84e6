import { basename } from 'node:path';
import { escapeText } from '../report/index.js';

/** Shorter files are read before anyone would look at a bar. */
const LONG_FILE = 64 << 20;

/** Milliseconds a bar stays away once something else was printed where it was: rows that keep coming are progress enough. */
const AWAY = 300;

/** Columns of the bar, and at most of the name before it: with the rest of the line they fit into 80. */
const BAR = 28;
const NAME = 28;

export interface Progress {
  /** Between two reads. Draws at most some times a second. */
  readonly update: (bytesRead: number, totalBytes: number | null) => void;
  /** Takes the bar away, for what is printed next on the same terminal. */
  readonly clear: () => void;
  readonly stop: () => void;
}

/** ` · 1:05 left`, from the pace so far; nothing before there is one. */
function leftText(elapsed: number, share: number): string {
  if (share <= 0 || elapsed < 1000) return '';
  const seconds = Math.ceil((elapsed * (1 - share)) / share / 1000);
  return ` · ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} left`;
}

function shortName(file: string): string {
  const name = escapeText(basename(file));
  return name.length > NAME ? `${name.slice(0, NAME - 1)}…` : name;
}

/**
 * A bar on standard error for long files. The package that draws it is loaded for the first of them.
 *
 * @param began when the reading of the file did, as performance.now() says
 */
export async function progressBar(file: string, began: number): Promise<Progress> {
  const { default: progress } = await import('cli-progress');
  const name = shortName(file);
  let bar: InstanceType<typeof progress.SingleBar> | null = null;
  let awayUntil = 0;
  // The package remembers where the cursor was when a bar began and puts it back there at its end: no bar may live while something else is printed.
  const stop = (): void => {
    bar?.stop();
    bar = null;
  };
  return {
    update: (bytesRead, totalBytes) => {
      if (totalBytes === null || totalBytes < LONG_FILE) return;
      const now = performance.now();
      const at = Math.min(bytesRead, totalBytes);
      const payload = { name, left: leftText(now - began, at / totalBytes) };
      if (bar !== null) {
        bar.update(at, payload);
      } else if (now >= awayUntil) {
        bar = new progress.SingleBar({
          // Names of the payload are put in once: a file name with braces is no format.
          format: '{name} {bar} {percentage} %{left}',
          stream: process.stderr,
          barsize: BAR,
          clearOnComplete: true,
          hideCursor: null,
          linewrap: true,
          gracefulExit: false,
          fps: 5,
        });
        bar.start(totalBytes, at, payload);
      }
    },
    clear: () => {
      if (bar !== null) awayUntil = performance.now() + AWAY;
      stop();
    },
    stop,
  };
}
