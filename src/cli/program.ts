import { Argument, Command, CommanderError, Option } from 'commander';
import { SensorError } from '../errors.js';
import { completionCommand } from './commands/completion-command.js';
import { addDbCommands, dbCommand } from './commands/db-command.js';
import { explainCommand } from './commands/explain-command.js';
import { logCommand } from './commands/log-command.js';
import { policyCommand } from './commands/policy-command.js';
import { proxyCommand } from './commands/proxy-command.js';
import { EXIT, UsageError } from './exit-codes.js';
import { Output, OutputClosed } from './output.js';
import { say, writeError } from './say.js';

const PCAP_EXAMPLES = `
Examples:
  ja3-sensor pcap login.pcap                                   a table on a terminal, JSON lines in a pipe
  ja3-sensor pcap --summary monday.pcap.gz tuesday.pcapng      which programs, how often, on which ports
  ja3-sensor pcap --format csv --fields src_ip,sni,ja3_hash login.pcap
  tcpdump -i eth0 --immediate-mode -U -w - 'tcp port 993' | ja3-sensor pcap -

Capture files are pcap or pcapng, also gzipped; - is standard input. Docs: docs/captures.md, docs/output.md`;

const DEMO_EXAMPLES = `
Examples:
  ja3-sensor demo                                              the sample capture that comes with the package
  ja3-sensor demo proxy                                        a login proxy and a mail server on this machine, to log in to

The proxy's certificate is made for it, its only user is demo with the password demo, and nothing outlives it. Ctrl-C ends it.`;

/** What the options of a command line came to. */
interface Outcome {
  code: number;
}

function pcapCommand(outcome: Outcome): Command {
  return new Command('pcap')
    .description('name the mail clients in capture files by their TLS fingerprints')
    .argument('<file...>', 'capture files, - for standard input')
    .addOption(
      new Option('--format <name>', 'how rows are printed (default: table on a terminal, else ndjson)').choices([
        'table',
        'ndjson',
        'json',
        'csv',
        'ja3',
        'eve',
      ]),
    )
    .option('--fields <list>', 'print these keys only, in this order: ja3_hash,src_ip,…')
    .option('--summary', 'one line a fingerprint: how often, which programs, ports and server names')
    .option('--server', 'wait for the ServerHello and print ja3s and ja3s_hash too')
    .addOption(
      new Option('--openssl <generation>', 'the OpenSSL of the Dovecot that ssl_ja3 is for')
        .choices(['3.0', '3.5'])
        .default('3.0'),
    )
    .option(
      '--database <path>',
      'where labels are read from, and observations recorded (default: in the XDG data folder)',
    )
    .option('--record', 'store the observations in the database, which is created where there is none')
    .option('--no-prune', 'with --record: leave addresses and rows that were kept long enough (docs/privacy.md)')
    .option(
      '--jobs <number>',
      'files read at once, in threads; the output stays the same (default: as many as are useful)',
    )
    .option('--stats', 'end with the statistics as one JSON object on standard error instead of a line of words')
    .option('--verbose', 'log every hello that could not be read, a JSON line each, on standard error')
    .addHelpText('after', PCAP_EXAMPLES)
    .action(async (files: string[], raw: Record<string, never>) => {
      const [{ pcap }, { pcapOptions }] = await Promise.all([
        import('./commands/pcap.js'),
        import('./commands/pcap-options.js'),
      ]);
      outcome.code = await pcap(files, pcapOptions(files, raw));
    });
}

function demoCommand(outcome: Outcome): Command {
  return new Command('demo')
    .description(
      'analyse the sample capture that comes with the package, and say what to try next; or try the login proxy',
    )
    .addArgument(new Argument('[what]', 'what to try in place of the capture').choices(['proxy']))
    .addHelpText('after', DEMO_EXAMPLES)
    .action(async (what?: string) => {
      if (what === 'proxy') {
        const { demoProxy } = await import('./commands/demo-proxy.js');
        outcome.code = await demoProxy();
        return;
      }
      const { demo } = await import('./commands/demo.js');
      outcome.code = await demo();
    });
}

/** Commands that run, describe or complete those of `db`: no other needs to load them. */
const LOADS_ALL: ReadonlySet<string | undefined> = new Set(['db', 'completion', 'help']);

/** A command and all below it, each with what has to be typed for it. */
function* withNames(command: Command, before = ''): Generator<{ command: Command; name: string }> {
  const name = before + command.name();
  yield { command, name };
  for (const below of command.commands) yield* withNames(below, `${name} `);
}

/**
 * Parses the arguments and runs the command they name. Every failure that is not a mistake in this program has been told in one line.
 *
 * @param args without the names of node and of the script
 * @returns the exit code
 */
export async function runProgram(args: readonly string[], version: string): Promise<number> {
  const outcome: Outcome = { code: EXIT.done };
  const help = new Output();
  const db = dbCommand();
  if (LOADS_ALL.has(args[0])) await addDbCommands(db, outcome);
  const program = new Command('ja3-sensor')
    .description('Which program is logging in: TLS client fingerprints for mail servers.')
    .version(version, '-V, --version')
    .addCommand(pcapCommand(outcome))
    .addCommand(explainCommand(outcome))
    .addCommand(logCommand(outcome))
    .addCommand(proxyCommand(outcome))
    .addCommand(policyCommand(outcome))
    .addCommand(db)
    .addCommand(demoCommand(outcome))
    .addCommand(completionCommand(outcome))
    .addHelpText(
      'after',
      '\nja3-sensor COMMAND --help has examples. Exit codes: 0 done, 1 something could not be read, 2 usage, 130 or 143 interrupted.',
    );
  for (const { command, name } of withNames(program)) {
    command.exitOverride().configureOutput({
      writeOut: help.print,
      writeErr: writeError,
      // As every other message: one line, and what it quotes is escaped.
      outputError: (text) =>
        say(
          `${text
            .replace(/^error: /, '')
            .replace(/\n\(Did you mean/, ' (Did you mean')
            .trim()} (${name} --help tells more)`,
        ),
    });
  }
  try {
    try {
      if (args.length === 0) {
        program.outputHelp({ error: true });
        return EXIT.usage;
      }
      await program.parseAsync([...args], { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      // Help and version that were asked for are no error; `error` has printed anything else.
      outcome.code = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    }
    await help.flush();
    return outcome.code;
  } catch (error) {
    if (error instanceof OutputClosed) return EXIT.done;
    if (error instanceof UsageError) {
      say(error.message);
      return EXIT.usage;
    }
    if (!(error instanceof SensorError)) throw error;
    say(error.message);
    return EXIT.failed;
  }
}
