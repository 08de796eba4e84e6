import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExitCode } from '../exit-codes.js';
import { Output } from '../output.js';
import { packageRoot } from '../package-root.js';
import { pcap } from './pcap.js';

/** A path as short as it can be pasted: from here, where it lies below. */
function fromHere(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

/** A word of a command line as a POSIX shell reads it back. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** How this program is started, so that what is printed can be pasted: by its name where it was found by that, else through node. */
function ownCommand(): string {
  const script = process.argv[1] ?? '';
  return basename(script) === 'ja3-sensor' ? 'ja3-sensor' : `node ${quoted(fromHere(realpathSync(script)))}`;
}

/** Reads the sample capture into a database in a new temporary folder, prints its table, and says what to try next. */
export async function demo(): Promise<ExitCode> {
  const output = new Output();
  const file = fromHere(fileURLToPath(new URL('samples/mail-logins.pcapng', packageRoot)));
  const database = join(mkdtempSync(join(tmpdir(), 'ja3-sensor-demo-')), 'demo.db');
  output.print(`Mail logins in ${file}:\n\n`);
  await output.flush();
  const code = await pcap([file], {
    format: 'table',
    server: false,
    summary: false,
    fields: null,
    database: { path: database, explicit: true },
    record: true,
    prune: true,
    stats: false,
    openssl: '3.0',
    verbose: false,
    jobs: 1,
  });
  const own = ownCommand();
  const sample = quoted(file);
  output.print(`
PROGRAM names what is known to send that hello. Many programs share a TLS
library, and with it the fingerprint. [ja3]: found by the standard fingerprint;
[ssl_ja3]: by the one that Dovecot 2.4 would log. Mutt is f35ce21b… as the one
and b7e9d913…, as in Dovecot's documentation, as the other.
docs/fingerprints.md says why.

Try next:
  ${own} pcap --summary ${sample}
  ${own} pcap --format json --fields timestamp,src_ip,starttls,ja3_hash,ssl_ja3_hash,labels ${sample}
  ${own} pcap --record --database ${quoted(database)} YOUR.pcap
  tcpdump -i any --immediate-mode -U -w - 'tcp port 993 or tcp port 143' | ${own} pcap -
`);
  await output.flush();
  return code;
}
