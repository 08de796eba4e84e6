import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Handshake, loadHandshakes, sampleFiles } from './handshakes.js';
import { type Truth, type WorkloadKind, writeWorkload } from './workloads.js';

const samples = fileURLToPath(new URL('../../samples', import.meta.url));
const GENERATOR = ['random.ts', 'handshakes.ts', 'packet-writer.ts', 'workloads.ts'];

export interface WorkloadFile {
  path: string;
  truth: Truth;
}

/** Workloads in a folder, made when first asked for and kept for the next time. A changed generator or sample has other names. */
export class WorkloadFiles {
  readonly #folder: string;
  readonly #key: string;
  #handshakes: Handshake[] | undefined;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    const key = createHash('sha256');
    for (const name of GENERATOR) key.update(readFileSync(new URL(name, import.meta.url)));
    for (const path of sampleFiles(samples)) key.update(readFileSync(path));
    this.#key = key.digest('hex').slice(0, 12);
  }

  get(kind: WorkloadKind, bytes: number): WorkloadFile {
    const path = join(this.#folder, `${kind}-${bytes}-${this.#key}.pcap`);
    const truthPath = `${path}.truth.json`;
    if (!existsSync(truthPath)) {
      this.#handshakes ??= loadHandshakes(samples);
      const truth = writeWorkload(kind, `${path}.part`, bytes, this.#handshakes);
      renameSync(`${path}.part`, path);
      writeFileSync(truthPath, `${JSON.stringify(truth)}\n`);
    }
    return { path, truth: JSON.parse(readFileSync(truthPath, 'utf8')) as Truth };
  }
}
