import { openLoginLog } from '../../login/index.js';
import type { LoginLog } from '../../proxy/index.js';
import { Output } from '../output.js';
import { writeError } from '../say.js';
import { outputIsTerminal } from '../terminal.js';
import { loginText } from './login-text.js';

/** Who is told of logins, and of the rest. */
export interface Audience {
  readonly log: LoginLog;
  say(text: string): void;
  /** Resolves when nobody is there any more. */
  readonly gone: Promise<void>;
  /** What was said is written. */
  close(): Promise<void>;
}

/** Somebody at a terminal is told in words. A pipe gets the proxy's own login lines, and whoever started us the words, on standard error. */
export async function openAudience(): Promise<Audience> {
  if (outputIsTerminal()) return people();
  const log = await openLoginLog({ target: 'stdout', openssl: '3.0' });
  return {
    log,
    say: writeError,
    gone: new Promise(() => {}),
    close: async () => void log.close(),
  };
}

function people(): Audience {
  const output = new Output();
  let leave = (): void => {};
  const gone = new Promise<void>((resolve) => {
    leave = resolve;
  });
  let told: Promise<void> = Promise.resolve();
  // One text after the other: a terminal may be slow.
  const say = (text: string): void => {
    told = told
      .then(() => {
        output.print(text);
        return output.flush();
      })
      .catch(leave);
  };
  return { log: { failing: false, write: (login) => say(loginText(login)) }, say, gone, close: () => told };
}
