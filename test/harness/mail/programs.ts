import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PATH = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;

/** Where scripts/install-test-programs.sh unpacks the servers that Debian does not let stand beside others. */
export const UNPACKED = process.env.JA3_SENSOR_TEST_PROGRAMS ?? '/var/cache/ja3-sensor-test-programs';

/** The path of a program; null where it is not installed. */
export function programPath(name: string): string | null {
  return (
    PATH.split(':')
      .map((folder) => join(folder, name))
      .find((path) => existsSync(path)) ?? null
  );
}

export const isRoot = process.getuid?.() === 0;

function isDovecot23(): boolean {
  const path = programPath('dovecot');
  return path !== null && spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.startsWith('2.3.');
}

function isDebian12(): boolean {
  return existsSync('/etc/debian_version') && /^12\b/.test(readFileSync('/etc/debian_version', 'utf8'));
}

export const dovecot24Setup = join(import.meta.dirname, '../../../../shared/dovecot24/setup.sh');

/** What a server's tests need, as words for a skipped test's name; empty where all is there. */
export const missing = {
  dovecot: reason([isRoot, 'root'], [isDovecot23(), 'dovecot 2.3']),
  dovecot24: reason([isRoot, 'root'], [isDebian12(), 'Debian 12'], [existsSync(dovecot24Setup), '../shared/dovecot24']),
  postfix: reason([isRoot, 'root'], [isDovecot23(), 'dovecot 2.3'], [programPath('postfix') !== null, 'postfix']),
  exim: reason(
    [isRoot, 'root'],
    [existsSync(join(UNPACKED, 'exim')), 'exim (scripts/install-test-programs.sh)'],
    [spawnSync('id', ['Debian-exim']).status === 0, 'the user Debian-exim'],
  ),
  cyrus: reason(
    [isRoot, 'root'],
    [existsSync(join(UNPACKED, 'cyrus')), 'cyrus (scripts/install-test-programs.sh)'],
    [programPath('saslpasswd2') !== null, 'saslpasswd2'],
  ),
  haproxy: reason([programPath('haproxy') !== null, 'haproxy']),
} as const;

function reason(...needs: readonly (readonly [there: boolean, what: string])[]): string {
  return needs
    .filter(([there]) => !there)
    .map(([, what]) => what)
    .join(', ');
}

/** The end of a test's name that says why it is skipped. */
export function without(what: string): string {
  return what === '' ? '' : ` (skipped without ${what})`;
}
