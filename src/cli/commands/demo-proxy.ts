import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openNotices } from '../../login/index.js';
import { openAudience } from '../demo-proxy/audience.js';
import { invitation } from '../demo-proxy/invitation.js';
import { startDemo } from '../demo-proxy/running-demo.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { shippedLabels } from '../label-source.js';
import { helloRecognizer } from '../proxy/names.js';
import { say } from '../say.js';

/** Runs the proxy in front of a mail server for demonstrations, until it is interrupted: that is how it ends, so the exit code is 0. */
export async function demoProxy(): Promise<ExitCode> {
  const interrupted = new Promise<void>((resolve) => {
    // A second one ends the process the usual way.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve());
  });
  const recognize = await helloRecognizer(await shippedLabels());
  const notices = await openNotices({ target: 'stderr', plain: process.stderr.isTTY === true });
  const audience = await openAudience();
  const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-demo-proxy-'));
  try {
    const demo = await startDemo({ log: audience.log, recorder: null, recognize, notices });
    // Programs that ask about unknown certificates need to be shown it.
    const certificate = join(folder, 'localhost.pem');
    writeFileSync(certificate, demo.certificate);
    audience.say(invitation(demo.ports, certificate));
    await Promise.race([interrupted, audience.gone]);
    await demo.close();
    return EXIT.done;
  } catch (error) {
    // The system's, where nothing can be listened on or written.
    if (!(error instanceof Error && 'code' in error)) throw error;
    say(error.message);
    return EXIT.failed;
  } finally {
    await audience.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
