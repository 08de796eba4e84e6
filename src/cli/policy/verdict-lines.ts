import { clientName, type NoticeLines } from '../../login/index.js';
import type { VerdictEffect } from '../../model/index.js';
import type { Decider, Decision, PolicyLogin } from '../../policy/index.js';
import { REMEMBERED_LINES } from './limits.js';

/** The text of `msg`, by which a line is known to be one of a verdict. */
const VERDICT_MESSAGE = 'verdict';

/**
 * Writes a line for every verdict that a rule or a list has a part in, when it is given. A login that is let in because nothing speaks against it has none, and a verdict that the
 * second question about a login gets again has one.
 *
 * @param userKey what stands for a user: names are in the mail server's log
 */
export function withVerdictLines<D extends Pick<Decider, 'decide'>>(
  decider: D,
  lines: Pick<NoticeLines, 'info'>,
  userKey: (name: string) => string,
): Pick<Decider, 'decide'> {
  const written = new Set<string>();
  return {
    decide: (login) => {
      const decision = decider.decide(login);
      if (decision.verdict.rule === null) return decision;
      const fields = verdictFields(login, decision, userKey);
      const key = JSON.stringify([login.session, fields.user_hash, fields.rule, fields.verdict, fields.ignored]);
      if (login.session === null || !written.has(key)) lines.info(VERDICT_MESSAGE, fields);
      if (login.session !== null) {
        if (written.size >= REMEMBERED_LINES) written.delete(written.keys().next().value!);
        written.add(key);
      }
      return decision;
    },
  };
}

/** docs/policy-commands.md has the keys. */
function verdictFields(
  { session, user, remote, protocol, port, views, client }: PolicyLogin,
  { verdict, evidence }: Decision,
  userKey: (name: string) => string,
) {
  return {
    session,
    user_hash: user === null ? null : userKey(user),
    src_ip: remote,
    protocol,
    dst_port: port,
    ja3_hash: views.ja3?.hash ?? null,
    ssl_ja3_hash: views.sslJa3?.hash ?? null,
    ja4: views.ja4?.hash ?? null,
    device: client.device,
    client: clientName(client.recognition),
    client_rung: client.recognition?.rung ?? null,
    verdict: verdict.action,
    seconds: secondsOf(verdict),
    rule: verdict.rule,
    source: verdict.source,
    ignored: verdict.ignored?.action ?? null,
    ignored_seconds: verdict.ignored === null ? null : secondsOf(verdict.ignored),
    evidence: evidence.map(({ condition, found, numbers }) => ({ condition, found, ...numbers })),
  };
}

const secondsOf = (effect: VerdictEffect): number | null => (effect.action === 'tarpit' ? effect.seconds : null);
