import { Argument, Command, Option } from 'commander';
import { completed, type Outcome } from './completed.js';
import type { RawExportOptions } from './export.js';
import type { RawImportOptions } from './import.js';
import { labelCommand } from './label-commands.js';
import type { RawLookupOptions } from './lookup.js';
import type { RawNewKeyOptions } from './new-key.js';
import type { RawDbOptions } from './options.js';
import type { RawPruneOptions } from './prune.js';
import type { RawSearchOptions } from './search.js';
import type { RawTopOptions } from './top.js';

const LIMIT = ['--limit <number>', 'rows at most (default: 20)'] as const;

/** The commands of `db`. Each loads what it needs when it is run. */
export function dbCommands(outcome: Outcome): readonly Command[] {
  const ends =
    <Args extends readonly unknown[]>(run: (...args: Args) => Promise<number>) =>
    async (...args: Args): Promise<void> => {
      outcome.code = await run(...args);
    };
  return [
    completed(
      new Command('status')
        .description('what is in the database, and what pruning would do')
        .action(ends(async (raw: RawDbOptions) => (await import('./status.js')).status(raw))),
      'ja3-sensor db status',
    ),
    completed(
      new Command('lookup')
        .description('who sends this fingerprint or hello, how sure that is, and what was seen of it')
        .argument(
          '<fingerprint>',
          'a ja3 or ssl_ja3 (hash or string), a ja4, a ClientHello in hex, or - for standard input',
        )
        .option('--port <number>', 'the port it came to, where the database has not seen it')
        .action(ends(async (what: string, raw: RawLookupOptions) => (await import('./lookup.js')).lookup(what, raw))),
      'ja3-sensor db lookup b7e9d913d85c071f5b806d59601e9b96\n' +
        'ja3-sensor db lookup --port 993 771,4866-4867-255,0-11-10,29-23,0\n' +
        'openssl s_client -connect mail.example.org:993 -msg </dev/null | ja3-sensor db lookup -',
    ),
    completed(
      new Command('search')
        .description('labels and fingerprints by a name, a source, a server name or the beginning of a hash')
        .argument('<text>', 'in any case')
        .option(...LIMIT)
        .action(ends(async (text: string, raw: RawSearchOptions) => (await import('./search.js')).search(text, raw))),
      'ja3-sensor db search thunderbird',
    ),
    completed(
      new Command('show')
        .description('everything about one fingerprint: contents, views, labels, ports, times, nearest others')
        .argument('<fingerprint>', 'its number, a hash of it, or how one begins')
        .action(ends(async (what: string, raw: RawDbOptions) => (await import('./show.js')).show(what, raw))),
      'ja3-sensor db show 12\nja3-sensor db show f35ce21b',
    ),
    completed(
      new Command('top')
        .description('the fingerprints seen most often')
        .option('--since <when>', 'only from then on: 2026-11-22, 2026-11-22T07:00:00Z, 90m, 12h, 7d')
        .option('--port <number>', 'only on this port of the server')
        .option(...LIMIT)
        .action(ends(async (raw: RawTopOptions) => (await import('./top.js')).top(raw))),
      'ja3-sensor db top --since 7d --port 993',
    ),
    labelCommand(ends),
    completed(
      new Command('import')
        .description('import lists of labels and logs of observations, told by their content (docs/import.md)')
        .argument('<file...>', 'lists, - for standard input')
        .option('--rejected', 'print every row that cannot be used, with its line')
        .option('--source <name>', 'the source to give to labels whose list is known by no name of its own')
        .option('--licence <name>', 'the licence to give to them')
        .action(
          ends(async (files: string[], raw: RawImportOptions) => (await import('./import.js')).importLists(files, raw)),
        ),
      'ja3-sensor db import --rejected osx-nix-ja3.csv\n' +
        'gzip -dc fingerprint_db.json.gz | ja3-sensor db import -\n' +
        'ja3-sensor db import /var/log/zeek/ssl.log',
    ),
    completed(
      new Command('export')
        .description('print labels; or fingerprints with counts, to be given away')
        .addArgument(new Argument('<what>', 'which').choices(['labels', 'fingerprints']))
        .addOption(
          new Option('--format <name>', 'labels: csv (default), ndjson, salesforce').choices([
            'csv',
            'ndjson',
            'salesforce',
          ]),
        )
        .option('--source <name>', 'only labels of this source')
        .option('--clients <number>', 'only fingerprints that as many clients sent (default: 5)')
        .action(ends(async (what: string, raw: RawExportOptions) => (await import('./export.js')).exportAs(what, raw))),
      'ja3-sensor db export labels > labels.csv\nja3-sensor db export fingerprints > shared.ndjson',
    ),
    completed(
      new Command('prune')
        .description('cut addresses and delete rows that were kept long enough (docs/privacy.md)')
        .option('--dry-run', 'only tell how many')
        .option('--addresses <days>', 'keep addresses whole for so long, or forever (default: 7)')
        .option('--logins <days>', 'keep logins for so long, or forever (default: 30)')
        .option('--observations <days>', 'keep observations and counts for so long, or forever (default: 180)')
        .action(ends(async (raw: RawPruneOptions) => (await import('./prune.js')).prune(raw))),
      'ja3-sensor db prune --dry-run --addresses 1',
    ),
    completed(
      new Command('backup')
        .description('copy the database while it is in use')
        .argument('<file>', 'a file that is not there yet')
        .action(ends(async (file: string, raw: RawDbOptions) => (await import('./backup.js')).backup(file, raw))),
      'ja3-sensor db backup ja3-sensor-monday.db',
    ),
    completed(
      new Command('forget-user')
        .description('delete all that is stored of a user')
        .argument('<name>', 'as the server wrote it, in any case')
        .action(ends(async (name: string, raw: RawDbOptions) => (await import('./users.js')).forgetUser(name, raw))),
      'ja3-sensor db forget-user bob@example.org',
    ),
    completed(
      new Command('export-user')
        .description('print all that is stored of a user')
        .argument('<name>', 'as the server wrote it, in any case')
        .action(ends(async (name: string, raw: RawDbOptions) => (await import('./users.js')).exportUser(name, raw))),
      'ja3-sensor db export-user --json bob@example.org > bob.json',
    ),
    completed(
      new Command('new-key')
        .description('begin a new key where the key file is lost: users of earlier logins are forgotten')
        .option('--replace', 'also where the key is there: forgets all users at once')
        .action(ends(async (raw: RawNewKeyOptions) => (await import('./new-key.js')).newKey(raw))),
      'ja3-sensor db new-key',
    ),
  ];
}
