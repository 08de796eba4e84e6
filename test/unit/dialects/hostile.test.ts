import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dialectLimits, dialects, mayOpen, openDialogue, type Side } from '../../../src/dialects/index.js';
import { type Chunk, follow, joined, type Machine } from '../../conformance/dialect.js';
import { readDialogueCases } from './cases.js';

const cases = readDialogueCases();
const anyCase = fc.constantFrom(...cases);

/** Cuts both sides' bytes at random and merges them at random. */
const delivery = fc.record({
  cuts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 }),
  sides: fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
});

function deliver(chunks: readonly Chunk[], { cuts, sides }: { cuts: number[]; sides: boolean[] }): Chunk[] {
  const left = { client: joined(chunks, 'client'), server: joined(chunks, 'server') };
  const delivered: Chunk[] = [];
  for (let i = 0; left.client.length + left.server.length > 0; i++) {
    const wanted: Side = sides[i % sides.length]! ? 'client' : 'server';
    const side: Side = left[wanted].length > 0 ? wanted : wanted === 'client' ? 'server' : 'client';
    const size = cuts[i % cuts.length]!;
    delivered.push({ side, bytes: left[side].subarray(0, size) });
    left[side] = left[side].subarray(size);
  }
  return delivered;
}

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom('change', 'drop', 'insert', 'repeat'),
  byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 10, 13, 32, 0x2b, 0x7b, 0x7d, 0x3c, 0x3e, 0xff)),
});

function mutate(bytes: Uint8Array, { at, kind, byte }: { at: number; kind: string; byte: number }): Uint8Array {
  const index = Math.floor(at * bytes.length);
  const before = bytes.subarray(0, index);
  const after = bytes.subarray(index);
  if (kind === 'insert') return Uint8Array.from([...before, byte, ...after]);
  if (kind === 'repeat') return Uint8Array.from([...before, ...after, ...after]);
  return Uint8Array.from([...before, ...(kind === 'drop' ? [] : [byte]), ...after.subarray(1)]);
}

describe('hostile dialogues', () => {
  test('the outcome never depends on how the bytes came in', () => {
    fc.assert(
      fc.property(anyCase, delivery, (one, how) => {
        expect(follow(openDialogue(), deliver(one.sent, how))).toEqual(follow(openDialogue(), one.sent));
      }),
      { numRuns: 2000 },
    );
  });

  test('a mutated dialogue never throws, never consumes what it was not given, and its dialect finds the same in any delivery', () => {
    fc.assert(
      fc.property(
        anyCase,
        fc.array(fc.tuple(fc.nat(50), edit), { minLength: 1, maxLength: 4 }),
        delivery,
        (one, edits, how) => {
          const chunks: Chunk[] = one.sent.map(({ side, bytes }) => ({ side, bytes }));
          for (const [line, change] of edits) {
            const index = line % chunks.length;
            chunks[index] = { side: chunks[index]!.side, bytes: mutate(chunks[index]!.bytes, change) };
          }
          follow(openDialogue(), deliver(chunks, how)); // the model caller checks every step
          const dialect = dialects.find((row) => row.name === one.name) ?? dialects[edits.length]!;
          expect(follow(dialect.start(), deliver(chunks, how))).toEqual(follow(dialect.start(), chunks));
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('random bytes never throw, and what an opening refuses it goes on refusing', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 80 }),
        fc.constantFrom<Side>('client', 'server'),
        (bytes, side) => {
          follow(openDialogue(), [{ side, bytes }]);
          for (const dialect of dialects) {
            const openings = Array.from(bytes, (_, i) => dialect.opens(side, bytes.subarray(0, i + 1)));
            const first = openings.indexOf('no');
            if (first >= 0) expect(openings.slice(first)).toEqual(openings.slice(first).fill('no'));
          }
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('an opening that fits one case goes on fitting as more of that case arrives', () => {
    for (const { title, name, sent } of cases) {
      const dialect = dialects.find((row) => row.name === (name === 'lmtp' ? 'smtp' : name));
      if (dialect === undefined) continue;
      for (const side of ['client', 'server'] as const) {
        const bytes = joined(sent, side);
        for (let i = 1; i <= bytes.length; i++) {
          expect(dialect.opens(side, bytes.subarray(0, i)), `${title}: ${i} bytes of the ${side}`).not.toBe('no');
        }
      }
    }
  });
});

describe('bounds', () => {
  /** How many bytes a machine leaves with its caller until it gives them up. */
  function heldUntilUnknown(machine: Machine, side: Side, begin: string, fill: string): number {
    const bytes = Buffer.from(begin + fill.repeat(30_000), 'latin1');
    let at = 0;
    for (let end = begin.length; end <= bytes.length; end++) {
      const step = machine.push(side, bytes.subarray(at, end));
      if (step.verdict === 'unknown') return end - at;
      at += step.consumed;
    }
    return Number.POSITIVE_INFINITY;
  }

  test.each([
    ['imap', 'server', '* OK ', dialectLimits.MAX_IMAP_LINE],
    ['pop3', 'server', '+OK ', dialectLimits.MAX_POP3_LINE],
    ['smtp', 'server', '220 smtp ', dialectLimits.MAX_SMTP_LINE],
    ['sieve', 'server', '"SIEVE" "', dialectLimits.MAX_SIEVE_LINE],
    ['ftp', 'server', '220 ftp ', dialectLimits.MAX_FTP_LINE],
    ['http', 'client', 'CONNECT ', dialectLimits.MAX_HTTP_LINE],
    ['irc', 'client', 'NICK ', dialectLimits.MAX_IRC_LINE],
    ['xmpp', 'client', '<stream:stream ', dialectLimits.MAX_XMPP_TAG],
    ['socks', 'client', '\x04\x01\x00\x50\x01\x02\x03\x04', 8 + dialectLimits.MAX_SOCKS4_TEXT + 1],
  ] as const)('%s gives up a first message without an end at its limit', (name, side, begin, limit) => {
    const dialogue = dialects.find((row) => row.name === name)!.start();
    expect(heldUntilUnknown(dialogue, side, begin, 'x')).toBe(limit);
    expect(heldUntilUnknown(openDialogue(), side, begin, 'x')).toBeLessThanOrEqual(limit);
  });

  test('HTTP headers without an end are given up', () => {
    const dialogue = openDialogue();
    dialogue.push('client', Buffer.from('CONNECT a:1 HTTP/1.1\r\n'));
    const header = Buffer.from(`X: ${'y'.repeat(1000)}\r\n`);
    let headers = 0;
    while (dialogue.push('client', header).verdict === 'more' && headers < 1000) headers++;
    expect(headers).toBe(65); // of 1005 bytes each, behind 22, in 65,536
  });

  test('an opening that stays undecided is given up', () => {
    expect(heldUntilUnknown(openDialogue(), 'server', '220 hello\r\n', '220 hello\r\n')).toBe(
      dialectLimits.MAX_OPENING,
    );
  });

  test('the first byte of a TLS or SSH client is refused without looking further', () => {
    expect(mayOpen('client', 0x16)).toBe(false);
    expect(mayOpen('client', 0x80)).toBe(true); // a MySQL response of 128 octets
    expect(mayOpen('server', 0x2a)).toBe(true);
    const text = openDialogue().push('client', Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'));
    expect(text).toEqual({ consumed: 0, verdict: 'unknown', name: null });
  });
});

test('nothing of a name, a password or SASL data stays in a machine', () => {
  const secrets = /smith|sesame|mrose|secret|YIIB|AGEA|alice|eltons|dGVzd|TlRM|aGVsbG|anonymous|c4c933|Fred|juliet/i;
  let met = 0;
  for (const { title, sent } of cases) {
    const finder = openDialogue();
    follow(finder, sent);
    if (secrets.test(Buffer.from(joined(sent, 'client')).toString('latin1'))) met++;
    expect(inspect(finder, { depth: null, showHidden: true }), title).not.toMatch(secrets);
  }
  expect(met).toBeGreaterThan(8); // the cases do hold some
});
