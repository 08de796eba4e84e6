import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMAND, ROOT, run } from '../harness/command.js';
import { mutt } from '../harness/observation.js';

describe('demo', () => {
  it("names Mutt by the fingerprint of Dovecot's documentation, and what it says to try next works", async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'ja3-sensor-demo-test-'));
    try {
      const { code, stdout, stderr } = await run(['demo'], { environment: { TMPDIR: temporary } });
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`Mutt.*ssl_ja3.*${mutt.ja3Hash}.*${mutt.sslJa3Hash}`));
      expect(stderr).toMatch(/recorded \d+ in /);
      expect(readdirSync(temporary).filter((name) => name.startsWith('ja3-sensor-demo-'))).toHaveLength(1);
      const next = stdout.split('\n').filter((line) => / pcap /.test(line) && !/YOUR|tcpdump/.test(line));
      expect(next.length).toBeGreaterThanOrEqual(2);
      for (const line of next) {
        // As pasted, but for the loader that runs the sources.
        const pasted = line.trim().replace(/^node /, `'${COMMAND[0]}' --import tsx `);
        const result = spawnSync('sh', ['-c', pasted], { cwd: ROOT, encoding: 'utf8' });
        expect(result.status).toBe(0);
        expect(result.stdout).toContain('f35ce21b');
      }
    } finally {
      rmSync(temporary, { recursive: true });
    }
  });
});
