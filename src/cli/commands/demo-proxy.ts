import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLoginLog, openNotices } from '../../login/index.js';
import { invitation } from '../demo-proxy/invitation.js';
import { People } from '../demo-proxy/people.js';
import { startDemo } from '../demo-proxy/running-demo.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { shippedLabels } from '../label-source.js';
import { helloRecognizer } from '../proxy/names.js';
import { say, writeError } from '../say.js';
import { outputIsTerminal } from '../terminal.js';

/** Runs the proxy in front of a mail server for demonstrations until it is interrupted. People are told of logins in words; a pipe gets the proxy's own login lines, and the rest goes to standard error. */
export async function demoProxy(): Promise<ExitCode> {
  const interrupted = new Promise<void>((resolve) => {
    // A second one ends the process the usual way.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve());
  });
  const recognize = await helloRecognizer(await shippedLabels());
  const notices = await openNotices({ target: 'stderr', plain: process.stderr.isTTY === true });
  const people = outputIsTerminal() ? new People() : null;
  const log = people ?? (await openLoginLog({ target: 'stdout', openssl: '3.0' }));
  const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-demo-'));
  try {
    const demo = await startDemo({ log, recorder: null, recognize, notices });
    try {
      const certificate = join(folder, 'localhost.pem');
      writeFileSync(certificate, demo.certificate);
      const text = invitation(demo.ports, certificate);
      if (people === null) writeError(text);
      else people.say(text);
      await Promise.race([interrupted, ...(people === null ? [] : [people.gone])]);
    } finally {
      await demo.close();
    }
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    say(error.message);
    return EXIT.failed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
