import { Command, Option } from 'commander';
import type { RawPolicyExplainOptions } from './policy/explain.js';
import type { RawPolicyTestOptions } from './policy/test.js';

const EXAMPLES = `
Examples:
  ja3-sensor policy --check --config /etc/ja3-sensor/policy.yaml  what is wrong with it, and what is worth a second look
  ja3-sensor policy --config /etc/ja3-sensor/policy.yaml
  ja3-sensor policy test /etc/ja3-sensor/policy.yaml --since 30d  whom these rules would have hit
  ja3-sensor policy explain 'Xb3RkqYoLN7AqAAB'                    why a login got its verdict

SIGHUP reads the rules again (what is known of users stays) and reopens the log file; SIGTERM answers what has been asked and
ends; a second one does not wait. Docs: docs/policy.md, docs/policy-configuration.md, docs/policy-commands.md`;

const TEST_EXAMPLES = `
Examples:
  ja3-sensor policy test policy.yaml                              what the sensor has stored, all of it
  ja3-sensor policy test policy.yaml --since 7d --from logins
  ja3-sensor policy test policy.yaml --format json > figures.json

Nothing is changed: the database is only read, and logins end as they did. Docs: docs/policy-commands.md`;

const EXPLAIN_EXAMPLES = `
Examples:
  ja3-sensor policy explain 'Xb3RkqYoLN7AqAAB'                    the session as the mail server names it in its log
  ja3-sensor policy explain --config /etc/ja3-sensor/policy.yaml 'Xb3RkqYoLN7AqAAB'
  ja3-sensor policy explain --json 'Xb3RkqYoLN7AqAAB'`;

export function policyCommand(outcome: { code: number }): Command {
  return new Command('policy')
    .description('decide about logins for mail servers that ask (Dovecot, wforce); try rules out; explain verdicts')
    .option('--config <file>', 'settings and rules, in YAML')
    .option('--check', 'say whether the configuration can be used, and leave')
    .addHelpText('after', EXAMPLES)
    .action(async ({ config, check }: { config?: string; check?: true }) => {
      const { policy } = await import('./policy/serve.js');
      outcome.code = await policy(config, check === true);
    })
    .addCommand(testCommand(outcome))
    .addCommand(explainCommand(outcome));
}

function testCommand(outcome: { code: number }): Command {
  return new Command('test')
    .description('hold stored logins against rules, and say whom they would have hit')
    .argument('<file>', 'the rules: a policy configuration, in YAML')
    .option('--since <when>', 'only from then on: 2026-11-22, 2026-11-22T07:00:00Z, 12h, 30d (default: all)')
    .addOption(
      new Option('--from <what>', 'which logins (default: heard where there are any, else logins)').choices([
        'heard',
        'logins',
      ]),
    )
    .addOption(new Option('--format <name>', 'how it is printed').choices(['table', 'json']).default('table'))
    .option('--database <path>', "the database (default: the file's own, else in the XDG data folder)")
    .addHelpText('after', TEST_EXAMPLES)
    .action(async (rules: string, raw: RawPolicyTestOptions) => {
      const { policyTest } = await import('./policy/test.js');
      outcome.code = await policyTest(rules, raw);
    });
}

function explainCommand(outcome: { code: number }): Command {
  return new Command('explain')
    .description('why a login got its verdict: the rule, what it found, and what it was held against')
    .argument('<session>', 'the name of the connection, or how it begins')
    .option('--config <file>', "the server's configuration, which names the database")
    .option('--database <path>', "the database (default: the configuration's, else in the XDG data folder)")
    .option('--json', 'JSON instead of text')
    .addHelpText('after', EXPLAIN_EXAMPLES)
    .action(async (session: string, _, command: Command) => {
      const { policyExplain } = await import('./policy/explain.js');
      // `--config` is of the command above, too, which takes it wherever it stands.
      outcome.code = await policyExplain(session, command.optsWithGlobals<RawPolicyExplainOptions>());
    });
}
