import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loginCapture, loginPackets } from '../build/login-capture.js';
import { COMMAND, ROOT } from '../harness/command.js';

const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-progress-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** util-linux's script runs a command on a terminal of its own. */
const SCRIPT = '/usr/bin/script';

/** A capture long enough for a bar: a login, half of the zeros, a login, the other half. Zeros are packets of no bytes at the beginning of 1970. */
function longCapture(): string {
  const path = join(folder, 'a {bar} name\x1b[31m.pcap');
  const zeros = new Uint8Array(36 << 20);
  const first = loginCapture([{ sni: 'first.example' }]);
  writeFileSync(path, Buffer.concat([first, zeros, loginPackets({ sni: 'second.example' }, 1), zeros]));
  return path;
}

function onTerminal(args: readonly string[], term: string): string {
  const line = [...COMMAND, 'pcap', ...args].map((word) => `'${word}'`).join(' ');
  const { stdout, status } = spawnSync(SCRIPT, ['-qec', line, '/dev/null'], {
    cwd: ROOT,
    env: { ...process.env, TERM: term, NO_COLOR: '1', XDG_DATA_HOME: '/nonexistent' },
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  return stdout;
}

describe.skipIf(!existsSync(SCRIPT))('a progress bar (needs script, of util-linux)', () => {
  const path = longCapture();

  it('is gone before anything else is printed, and leaves the cursor where that goes on', () => {
    const text = onTerminal(['--format', 'ndjson', '--fields', 'sni', path], 'xterm').replaceAll('\x1b', '<ESC>');
    // DECSC and DECRC: what is between them is the bar alone, on its one line.
    const lives = /<ESC>7.*?<ESC>8<ESC>\[1G<ESC>\[2K/gs;
    const bars = text.match(lives) ?? [];
    expect(bars).not.toEqual([]);
    for (const bar of bars) {
      expect(bar).not.toContain('\n');
      expect(bar).toMatch(/a \{bar\} name\\x1b\[31m\.pcap [-=]+ \d+ %/);
    }
    const rest = text.replaceAll(lives, '').replaceAll('\r', '');
    expect(rest).toMatch(/^\{"sni":"first\.example"\}\n\{"sni":"second\.example"\}\nja3-sensor: [^<]*\n$/);
  });

  it('is not drawn on a terminal that cannot move its cursor', () => {
    expect(onTerminal(['--fields', 'sni', '--format', 'ndjson', path], 'dumb')).not.toContain('\x1b');
  });
});
