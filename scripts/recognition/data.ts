import { readFileSync } from 'node:fs';
import { md5 } from '../../src/fingerprint/index.js';
import { parseLabelFile } from '../../src/lists/index.js';
import type { LabelRow } from '../../src/model/index.js';

/** Labels to be measured on. Each has a ja3 string, and its `tlsLibrary` is what is taken for the truth. */
export interface DataSet {
  readonly name: string;
  readonly labels: readonly LabelRow[];
}

/**
 * Which TLS library the programs of the joy list use on their own (the list does not say). Programs whose library is not known to us are left out of the
 * figures for families. A virus scanner or a proxy in between speaks for many of them: that shows as a wrong family.
 */
const LIBRARIES: ReadonlyMap<string, string> = new Map([
  ['outlook', 'Schannel'],
  ['hxtsr', 'Schannel'],
  ['hxoutlook', 'Schannel'],
  ['microsoft outlook', 'Apple'],
  ['mail', 'Apple'],
  ['mailplane', 'Apple'],
  ['airmail 3', 'Apple'],
  ['canary mail', 'Apple'],
  ['gyazmail', 'Apple'],
  ['thunderbird', 'NSS'],
  ['evolution', 'GnuTLS'],
  ['evolution-calendar-factory-subprocess', 'GnuTLS'],
  ['davmail', 'Java'],
  ['davmail64', 'Java'],
]);

/** The mail programs of cisco/joy's fingerprint database: `process, category, prevalence, md5, ja3, others`, tab-separated. */
export function joyMail(path: string): DataSet {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const labels = lines.map((line, i): LabelRow => {
    const [process, , prevalence, hash, string] = line.split('\t') as [string, string, string, string, string];
    if (md5(string) !== hash) throw new Error(`${path} line ${i + 1}: the hash is not that of the string`);
    const client = process.toLowerCase().replace(/\.exe$/, '');
    return {
      client,
      version: '',
      tlsLibrary: LIBRARIES.get(client) ?? '',
      source: 'joy_mail.tsv',
      view: 'ja3',
      hash,
      string,
      kind: 'user agent',
      weight: Number(prevalence),
      quality: 'string',
      sourceRow: i + 1,
      licence: 'BSD-3-Clause',
      captured: '2019',
    };
  });
  return { name: 'joy_mail.tsv', labels };
}

/** The Debian 12 mail clients, as the project ships them: their ja3 rows. */
export function debianClients(path: string): DataSet {
  const labels = parseLabelFile(readFileSync(path, 'utf8'), path).filter((label) => label.view === 'ja3');
  return { name: 'debian12-mail-clients.csv', labels };
}
