import { writeError } from './say.js';

/** Shorter files are read before anyone would look at a bar. */
const LONG_FILE = 64 << 20;

export interface Progress {
  /** Between two reads. Draws at most some times a second. */
  readonly update: (bytesRead: number, totalBytes: number | null) => void;
  /** Takes the bar away, for what is printed next on the same terminal. */
  readonly clear: () => void;
  readonly stop: () => void;
}

/** A bar on standard error for long files. The package that draws it is loaded for the first of them. */
export async function progressBar(name: string): Promise<Progress> {
  const { default: progress } = await import('cli-progress');
  let bar: InstanceType<typeof progress.SingleBar> | null = null;
  return {
    update: (bytesRead, totalBytes) => {
      if (totalBytes === null || totalBytes < LONG_FILE) return;
      if (bar === null) {
        bar = new progress.SingleBar({
          format: `${name} {bar} {percentage} % · {eta_formatted} left`,
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: null,
          fps: 5,
        });
        bar.start(totalBytes, 0);
      }
      bar.update(Math.min(bytesRead, totalBytes));
    },
    clear: () => {
      if (bar !== null) writeError('\r\x1b[K');
    },
    stop: () => {
      bar?.stop();
      bar = null;
    },
  };
}
