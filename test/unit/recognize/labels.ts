import { createHash } from 'node:crypto';
import { readLabelFolder } from '../../../src/lists/index.js';
import type { LabelRow } from '../../../src/model/index.js';

export const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** Debian's openssl s_client with a server name: what tshark made of a capture of it. */
export const OPENSSL =
  '771,4866-4867-4865-49196-49200-159-52393-52392-52394-49195-49199-158-49188-49192-107-49187-49191-103-49162-49172-57-49161-49171-51-157-156-61-60-53-47-255,0-11-10-35-22-23-13-43-45-51,29-23-30-25-24-256-257-258-259-260,0-1-2';

/** Mutt 2.2.9 with GnuTLS as the Dovecot documentation prints it, and its ja3. */
export const MUTT_SSL_JA3 =
  '771,4866-4867-4865-4868-49196-52393-49325-49162-49195-49324-49161-49200-52392-49172-49199-49171-157-49309-53-156-49308-47-159-52394-49311-57-158-49310-51,5-10-11-13-22-23-35-51-43-65281-0-45,23-24-25-29-30-256-257-258-259-260,0';
export const MUTT_JA3 = MUTT_SSL_JA3.replace('65281-0-45,', '65281-0-45-28,');

/** A Chrome of 2024 in its JA3 form: GREASE gone, extensions in one of their orders. */
export const CHROME =
  '771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,45-23-16-51-11-10-27-0-5-18-65281-43-13-35-17513-65037,29-23-24,0';

/** A label known by a string of its view; `hash` alone makes one that has none. */
export function label(change: Partial<LabelRow>): LabelRow {
  const { string = null } = change;
  return {
    client: 'a client',
    version: '1',
    tlsLibrary: 'unknown',
    source: 'a list',
    view: 'ja3',
    hash: string === null ? '' : md5(string),
    kind: 'user agent',
    weight: 1,
    quality: 'string',
    sourceRow: 1,
    licence: 'none',
    captured: null,
    ...change,
    string,
  };
}

export const shipped: readonly LabelRow[] = readLabelFolder(new URL('../../../db/labels', import.meta.url).pathname);

/** The string with its extensions changed. */
export function withExtensions(string: string, change: (types: readonly number[]) => readonly number[]): string {
  const fields = string.split(',');
  fields[2] = change(fields[2]!.split('-').filter(Boolean).map(Number)).join('-');
  return fields.join(',');
}
