import type { Column } from '../columns.js';
import { escapeText, jsonText } from '../escape.js';
import type { Paint, Print } from '../format.js';
import { formatTableTime, formatTimestamp } from '../timestamp.js';
import { programText, recognitionJson } from './program.js';
import { type LoginRow, shownFingerprint } from './row.js';

/** Turns logins into text, as they come. */
export interface LoginWriter {
  begin(): string;
  rows(rows: readonly LoginRow[], print: Print): void;
  end(): string;
}

export interface LoginLook {
  /** Columns of the terminal; absent: as wide as need be. */
  readonly width?: number;
  readonly paint?: Paint;
}

const orNull = (text: string | null): string => (text === null ? 'null' : jsonText(text));

/** A row as one JSON object: docs/log.md has its keys. */
export function loginJson({ file, login, recognition }: LoginRow): string {
  const { remote, local, sslJa3, ja3 } = login;
  return (
    `{"file":${jsonText(file)},"timestamp":${orNull(formatTimestamp(login.time))},"protocol":${jsonText(login.protocol)},` +
    `"user":${orNull(login.user)},"outcome":"${login.outcome}","reason":${orNull(login.reason)},` +
    `"src_ip":${orNull(remote?.ip ?? null)},"src_port":${remote?.port || null},"dst_ip":${orNull(local?.ip ?? null)},"dst_port":${local?.port || null},` +
    `"mechanism":${orNull(login.mechanism)},"tls":${login.tls},"session":${orNull(login.session)},` +
    `"ssl_ja3":${orNull(sslJa3?.string ?? null)},"ssl_ja3_hash":${orNull(sslJa3?.hash ?? null)},` +
    `"ja3":${orNull(ja3?.string ?? null)},"ja3_hash":${orNull(ja3?.hash ?? null)},"ja4":${orNull(login.ja4)},${recognitionJson(recognition)}}`
  );
}

const ndjson = (): LoginWriter => ({
  begin: () => '',
  rows: (rows, print) => {
    for (const row of rows) print(`${loginJson(row)}\n`);
  },
  end: () => '',
});

function json(): LoginWriter {
  let any = false;
  return {
    begin: () => '[',
    rows: (rows, print) => {
      for (const row of rows) {
        print(`${any ? ',' : ''}\n${loginJson(row)}`);
        any = true;
      }
    },
    end: () => (any ? '\n]\n' : ']\n'),
  };
}

const CSV_HEAD =
  'file,timestamp,protocol,user,outcome,reason,src_ip,src_port,dst_ip,dst_port,mechanism,tls,session,ssl_ja3,ssl_ja3_hash,ja3,ja3_hash,ja4,rung,program';

function csvCells({ file, login, recognition }: LoginRow): string[] {
  const { remote, local, sslJa3, ja3 } = login;
  const port = (number: number | undefined): string => (number ? String(number) : '');
  return [
    escapeText(file),
    formatTimestamp(login.time) ?? '',
    login.protocol,
    escapeText(login.user ?? ''),
    login.outcome,
    escapeText(login.reason ?? ''),
    remote?.ip ?? '',
    port(remote?.port),
    local?.ip ?? '',
    port(local?.port),
    escapeText(login.mechanism ?? ''),
    String(login.tls),
    escapeText(login.session ?? ''),
    sslJa3?.string ?? '',
    sslJa3?.hash ?? '',
    ja3?.string ?? '',
    ja3?.hash ?? '',
    login.ja4 ?? '',
    recognition?.rung ?? '',
    programText(recognition),
  ];
}

async function csv(): Promise<LoginWriter> {
  const { csvLines } = await import('../formats/csv.js');
  return {
    begin: () => `${CSV_HEAD}\n`,
    rows: (rows, print) => print(csvLines(rows.map(csvCells))),
    end: () => '',
  };
}

/** On a terminal narrower than this a hash is shown by its beginning. */
const HASH = 32;

const COLUMNS: readonly Column[] = [
  { head: 'TIME (UTC)', usual: 19 },
  { head: 'USER', usual: 16, least: 8 },
  { head: 'ADDRESS', usual: 15 },
  { head: 'PROTOCOL', usual: 8 },
  { head: 'OUTCOME', usual: 9 },
  { head: 'PROGRAM', usual: 24, least: 14, bold: true },
  { head: 'FINGERPRINT', usual: HASH, least: 9, wholeOrLeast: true },
];

function tableCells({ login, recognition }: LoginRow): string[] {
  return [
    formatTableTime(login.time),
    login.user === null ? '-' : escapeText(login.user),
    login.remote?.ip ?? '-',
    login.protocol,
    login.outcome,
    programText(recognition) || '-',
    shownFingerprint(login) ?? (login.tls ? '-' : 'no TLS'),
  ];
}

async function table({ width, paint }: LoginLook): Promise<LoginWriter> {
  const { grid } = await import('../columns.js');
  const lines = grid(COLUMNS, width, paint);
  let headed = false;
  return {
    begin: () => '',
    rows: (rows, print) => {
      if (rows.length === 0) return;
      const body = lines.lines(rows.map(tableCells));
      // The header comes with the first row, when the widths are known: nothing found, nothing printed.
      const head = headed ? '' : lines.head();
      headed = true;
      print(head + body);
    },
    end: () => '',
  };
}

/** The formats of login rows, by name; each loads its package when it is asked for. */
export const loginFormats: ReadonlyMap<string, (look: LoginLook) => Promise<LoginWriter>> = new Map([
  ['table', table],
  ['ndjson', async () => ndjson()],
  ['json', async () => json()],
  ['csv', csv],
]);
