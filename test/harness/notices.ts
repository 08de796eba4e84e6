import type { Running } from './command.js';

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** What a running command tells its operator: the JSON lines of its standard error. */
export class Notices {
  readonly lines: LogLine[] = [];
  readonly #running: Running;
  readonly #look = new Set<() => void>();

  constructor(running: Running) {
    this.#running = running;
    let text = '';
    running.child.stderr.on('data', (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        if (line.startsWith('{')) this.lines.push(JSON.parse(line) as LogLine);
      }
      for (const look of this.#look) look();
    });
  }

  /** The first that fits, of those that come or, from the `from`th on, have come. */
  find(message: RegExp, from = 0): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.lines.slice(from).find(({ msg }) => message.test(msg));
        if (found === undefined) return;
        this.#look.delete(look);
        resolve(found);
      };
      this.#look.add(look);
      void this.#running.finished.then(({ stderr }) => reject(new Error(`ended without ${message}: ${stderr}`)));
      look();
    });
  }
}
