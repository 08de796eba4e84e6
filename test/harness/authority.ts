import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const openssl = (folder: string, ...args: string[]) =>
  execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const EC = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
const newKey = (folder: string, name: string, algorithm: readonly string[] = EC) =>
  openssl(folder, 'genpkey', ...algorithm, '-out', `${name}.key`);

/** A certificate authority of openssl's: a root, an intermediate, and files in a folder of its own. */
export class Authority {
  readonly folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-test-'));

  constructor() {
    const root = ['-key', 'root.key', '-subj', '/CN=Root', '-days', '30'];
    newKey(this.folder, 'root');
    openssl(this.folder, 'req', '-x509', ...root, '-addext', 'keyUsage=keyCertSign', '-out', 'root.pem');
    this.issue('intermediate', { issuer: 'root', extensions: ['basicConstraints=critical,CA:true'] });
  }

  /** Makes `name.key` and `name.pem`, the certificate alone. */
  issue(
    name: string,
    request: { issuer?: string; extensions?: readonly string[]; algorithm?: readonly string[] },
  ): void {
    const { issuer = 'intermediate', extensions = [], algorithm = EC } = request;
    newKey(this.folder, name, algorithm);
    openssl(this.folder, 'req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.csr`);
    writeFileSync(this.path(`${name}.ext`), extensions.join('\n'));
    const by = ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial', '-days', '10'];
    openssl(this.folder, 'x509', '-req', '-in', `${name}.csr`, ...by, '-extfile', `${name}.ext`, '-out', `${name}.pem`);
  }

  /** A file made of others, one after the other. */
  join(name: string, ...parts: readonly string[]): string {
    return this.write(name, parts.map((part) => this.read(part)).join(''));
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text, { mode: 0o600 });
    return this.path(name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** @returns what openssl prints */
  run(...args: string[]): string {
    return openssl(this.folder, ...args);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
