import { Command, Option } from 'commander';
import type { RawLogOptions } from './log-options.js';

const EXAMPLES = `
Examples:
  ja3-sensor log /var/log/dovecot.log                 a table on a terminal, JSON lines in a pipe
  ja3-sensor log --follow /var/log/mail.log           what is there, then what comes, across rotations
  ja3-sensor log --summary --since 7d /var/log/mail.log
  ja3-sensor log --record --follow --since now /var/log/mail.log
  journalctl -u dovecot -o json | ja3-sensor log -
  zcat /var/log/mail.log.*.gz | ja3-sensor log --summary -
  ja3-sensor log --elements "$(doveconf -h login_log_format_elements)" /var/log/mail.log

Docs: docs/log.md has the settings that make Dovecot log fingerprints.`;

/** @param outcome is told what the command ended with */
export function logCommand(outcome: { code: number }): Command {
  return new Command('log')
    .description("name the clients of the logins in Dovecot's own log")
    .argument('<file...>', "logs: Dovecot's own, syslog's, or what journalctl prints; - for standard input")
    .addOption(
      new Option('--format <name>', 'how rows are printed (default: table on a terminal, else ndjson)').choices([
        'table',
        'ndjson',
        'json',
        'csv',
      ]),
    )
    .option('--json', 'the same as --format json')
    .option('--summary', 'one line a client: logins, failures, users, addresses, when first and last')
    .option('--follow', 'go on with what is written later, as tail -F does')
    .option('--since <when>', 'only logins from then on: 2026-11-22, 2026-11-22T07:00:00Z, 90m, 12h, 7d, now')
    .option(
      '--elements <setting>',
      "the server's login_log_format_elements, where its elements have names of their own",
    )
    .option('--record', 'store the logins in the database, which is created where there is none')
    .option('--no-prune', 'with --record: leave addresses and rows that were kept long enough (docs/privacy.md)')
    .addOption(
      new Option('--users <form>', 'what is stored of user names: a keyed hash, the name, or nothing')
        .choices(['hmac', 'plain', 'none'])
        .default('hmac'),
    )
    .option(
      '--database <path>',
      'where labels are read from, and logins recorded (default: in the XDG data folder, else the labels of the package)',
    )
    .option('--stats', 'end with the statistics as one JSON object on standard error instead of a line of words')
    .option('--verbose', 'log every line that could not be read, a JSON line each, on standard error')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], raw: RawLogOptions) => {
      const [{ log }, { logOptions }] = await Promise.all([import('./log.js'), import('./log-options.js')]);
      outcome.code = await log(files, logOptions(files, raw));
    });
}
