import { existsSync, readFileSync } from 'node:fs';
import type { Transport } from '../../src/model/index.js';

/** A row of the capture set's hellos.jsonl: a raw handshake message and what independent tools say of it. */
export interface RecordedHello {
  readonly id: string;
  readonly transport: Transport | 'udp';
  /** The message in the form TLS gives it, a DTLS one too; one that is cut short is as it was. */
  readonly raw: Uint8Array;
  readonly ja3: string | null;
  readonly ja3_hash: string | null;
  readonly ja4: string | null;
  readonly ssl_ja3_hash?: string;
  readonly parse_error: string | null;
}

const FILE = new URL('../../../shared/captures/hellos.jsonl', import.meta.url);

/** The set lies beside the repository, and is not part of it. */
export const helloSetIsThere = existsSync(FILE);
export const HELLO_SET_ABSENT = 'skipped where ../shared/captures is absent';

export function helloSet(): RecordedHello[] {
  return readFileSync(FILE, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const row = JSON.parse(line);
      const raw = new Uint8Array(Buffer.from(row.raw, 'hex'));
      return { ...row, raw: row.transport === 'dtls' && row.parse_error === null ? fromDtls(raw) : raw };
    });
}

/** A hello as it was seen in one of the captures; several may have the same bytes. */
export interface CapturedHello {
  readonly raw_id: string;
  readonly ssl_ja3_hash?: string | null;
}

export function capturedHellos(): CapturedHello[] {
  const text = readFileSync(new URL('expected.jsonl', FILE), 'utf8').trimEnd();
  return text.split('\n').flatMap((line) => JSON.parse(line).hellos);
}

/** A whole DTLS ClientHello as TLS would write it: without sequence, fragment and cookie (RFC 6347 section 4.2). */
function fromDtls(message: Uint8Array): Uint8Array {
  const body = message.subarray(12);
  const cookie = 2 + 32 + 1 + body[2 + 32]!;
  const kept = [...body.subarray(0, cookie), ...body.subarray(cookie + 1 + body[cookie]!)];
  return Uint8Array.from([message[0]!, kept.length >>> 16, (kept.length >>> 8) & 0xff, kept.length & 0xff, ...kept]);
}
