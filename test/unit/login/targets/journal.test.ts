import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../../harness/command.js';

it('lines for the journal have a priority before them and no time (sd-daemon(3))', () => {
  const script = `
    import { openLoginText } from './src/login/index.ts';
    import { proxiedLogin } from './test/harness/proxied-login.ts';
    const log = openLoginText({ target: 'journal', style: '2.4', elements: 'user=<%u>', openssl: '3.0', pid: 1 });
    log.write(proxiedLogin());
    log.close();`;
  const tsx = join(ROOT, 'node_modules/.bin/tsx');
  const printed = execFileSync('sh', ['-c', 'exec "$0" --input-type=module -e "$1" 2>&1 >/dev/null', tsx, script], {
    cwd: ROOT,
  });
  expect(printed.toString()).toBe('<6>imap-login: Logged in: user=<alice@example.org>\n');
});
