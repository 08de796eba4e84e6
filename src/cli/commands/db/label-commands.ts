import { Command, Option } from 'commander';
import { completed } from './completed.js';
import type { RawLabelValues } from './label-input.js';
import type { RawFilter } from './labels.js';
import type { RawDbOptions } from './options.js';

type Ends = <Args extends readonly unknown[]>(
  run: (...args: Args) => Promise<number>,
) => (...args: Args) => Promise<void>;

const view = (text: string): Option => new Option('--view <name>', text).choices(['ja3', 'ssl_ja3', 'ja4']);

function filtered(command: Command): Command {
  return command
    .addOption(view('only those known by it'))
    .option('--hash <value>', 'only those of this value')
    .option('--source <name>', 'only those of this source')
    .option('--kind <name>', 'only those of this kind: user agent, library, server, audit tool, http, malware, …')
    .option('--quality <name>', 'only those of this quality: measured, documented, string, hash, operator, …');
}

/** `db label add|remove|list`. */
export function labelCommand(ends: Ends): Command {
  return new Command('label')
    .description('add, remove and list names for fingerprints')
    .addCommand(
      completed(
        new Command('add')
          .description('name a fingerprint')
          .argument('<client>', 'who sends it')
          .argument('<fingerprint>', 'a ja3 or ssl_ja3 (hash or string), or a ja4')
          .addOption(view('what it is, where nothing was recorded with it'))
          .option('--client-version <version>', 'the version of the client')
          .option('--tls-library <name>', 'its TLS library, as in `GnuTLS 3.7.9`')
          .option('--kind <name>', 'user agent (default), library, server, audit tool, …')
          .option('--weight <number>', 'how common it is among the labels of this value (default: 1)')
          .option('--source <name>', 'where the name comes from (default: operator)')
          .option('--licence <name>', 'how it may be passed on (default: own)')
          .option('--captured <date>', 'YYYY, YYYY-MM or YYYY-MM-DD')
          .action(
            ends(async (client: string, value: string, raw: RawDbOptions & RawLabelValues) =>
              (await import('./labels.js')).labelAdd(client, value, raw),
            ),
          ),
        'ja3-sensor db label add --tls-library GnuTLS --view ja3 "our backup" f35ce21b44ac0b87d3266294bb1b0e20',
      ),
    )
    .addCommand(
      completed(
        filtered(
          new Command('remove')
            .description('remove labels for good: only `label add` and an import bring them back')
            .argument('[number...]', 'as db label list tells them'),
        ).action(ends(async (ids: string[], raw: RawFilter) => (await import('./labels.js')).labelRemove(ids, raw))),
        'ja3-sensor db label remove 71 72\nja3-sensor db label remove --source trisul',
      ),
    )
    .addCommand(
      completed(
        filtered(
          new Command('list')
            .description('list labels')
            .argument('[text]', 'part of a client or of its TLS library, in any case'),
        ).action(
          ends(async (text: string | undefined, raw: RawFilter) => (await import('./labels.js')).labelList(text, raw)),
        ),
        'ja3-sensor db label list --quality operator\nja3-sensor db label list mutt',
      ),
    );
}
