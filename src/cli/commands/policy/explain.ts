import type { HeardLogin } from '../../../model/index.js';
import type { Store } from '../../../store/index.js';
import { EXIT, type ExitCode } from '../../exit-codes.js';
import { Output } from '../../output.js';
import { identifier } from '../../policy/identify.js';
import { recordedStrings } from '../../policy/recorded-strings.js';
import { say } from '../../say.js';
import { jsonOf } from '../db/answer.js';
import { withStore } from '../db/database.js';
import { dbOptions, type RawDbOptions } from '../db/options.js';
import { attemptJson, attemptText } from './attempt.js';
import { knownNow } from './known.js';
import { rulesOrTell } from './rules-file.js';

export interface RawPolicyExplainOptions extends RawDbOptions {
  readonly config?: string;
}

/** Sessions that are named where the one that was asked for is not there. */
const NEAR = 5;

/** Characters of a session's name that others must share to be near: mail servers' names begin with a time or a counter. */
const LEAST_SHARED = 4;

/**
 * Says why the logins of a session got their verdicts.
 *
 * @param given the session's name, or how it begins
 * @returns the exit code: `failed` where nothing is stored of it, `usage` where the configuration cannot be used. Every message has been printed
 * @throws UsageError, OutputClosed, SensorError of the database or the output
 */
export async function policyExplain(given: string, raw: RawPolicyExplainOptions): Promise<ExitCode> {
  const file = raw.config === undefined || raw.database !== undefined ? undefined : rulesOrTell(raw.config);
  if (file === null) return EXIT.usage;
  const { database, json } = dbOptions(file?.database ? { ...raw, database: file.database } : raw);
  // As Dovecot's log has it: session=<…>
  const session = /^<(.*)>$/.exec(given)?.[1] ?? given;
  return withStore(database, 'read', async (store) => {
    const name = nameOf(session, store);
    if (name === null) return EXIT.failed;
    const attempts = store.policy.heardOf(name);
    const identify = await identifier(store.labels.references(), recordedStrings(store), { names: true });
    const output = new Output();
    if (json) {
      const rows = attempts.map((login) => {
        const seen = identify(login.views);
        return attemptJson(login, seen, knownNow(store.policy, login, seen));
      });
      output.print(`${jsonOf({ session: name, attempts: rows })}\n`);
    } else {
      const texts: string[] = [];
      for (const [i, login] of attempts.entries()) {
        const seen = identify(login.views);
        texts.push(await attemptText(login, seen, knownNow(store.policy, login, seen), numberOf(attempts, i)));
      }
      output.print(texts.join('\n'));
    }
    await output.flush();
    return EXIT.done;
  });
}

/** The name of the session that is meant; null where it is none, or several, which is said. */
function nameOf(session: string, { policy }: Store): string | null {
  if (session !== '' && policy.heardOf(session).length > 0) return session;
  const begun = session === '' ? [] : policy.sessions(session, NEAR + 1);
  if (begun.length === 1) return begun[0]!;
  if (begun.length > 1) {
    say(`several sessions begin with ${session}: ${listed(begun)}`);
    return null;
  }
  const near = nearOnes(session, policy);
  const others = near.length === 0 ? '' : `; near it: ${listed(near)}`;
  say(
    `no policy has heard of a session ${session}: it was never asked, or its address was cut, and the session's name with it (docs/privacy.md)${others}`,
  );
  return null;
}

/** Those that share the most of the beginning. */
function nearOnes(session: string, policy: Store['policy']): readonly string[] {
  for (let length = session.length - 1; length >= LEAST_SHARED; length--) {
    const found = policy.sessions(session.slice(0, length), NEAR + 1);
    if (found.length > 0) return found;
  }
  return [];
}

function listed(sessions: readonly string[]): string {
  return sessions.length > NEAR ? `${sessions.slice(0, NEAR).join(', ')}, …` : sessions.join(', ');
}

/** null: there is no other. */
const numberOf = (attempts: readonly HeardLogin[], index: number): string | null =>
  attempts.length === 1 ? null : `${index + 1} of ${attempts.length}`;
