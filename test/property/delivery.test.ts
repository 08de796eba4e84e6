import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pcap } from '../build/capture-files.js';
import { Connection } from '../build/connection.js';
import {
  APPLICATION_DATA,
  ascii,
  clientHello,
  record,
  records,
  serverHello,
  serverNameExtension,
} from '../build/hello.js';
import { frame, join } from '../build/packets.js';
import { HELLO_SET_ABSENT, helloSet, helloSetIsThere } from '../harness/hello-set.js';
import { observe } from '../harness/observe.js';

/** However TCP delivers a connection, the same is seen on it. */

const runs = process.env.CI === 'true' ? 8_000 : 2_000;

/** What the two sides send, in turns. */
interface Script {
  readonly turns: readonly (readonly ['client' | 'server', Uint8Array])[];
}

/** A piece of one side's bytes, [from, to) of its stream. */
interface Piece {
  readonly side: 'client' | 'server';
  readonly from: number;
  readonly to: number;
}

interface Plan {
  /** Initial sequence numbers. */
  readonly clientStart: number;
  readonly serverStart: number;
  /** Where the sides' streams are cut, as parts of a thousand. */
  readonly cuts: readonly number[];
  /** Pieces sent a second time: which, and how many bytes further than themselves they reach to either side. */
  readonly again: readonly (readonly [which: number, before: number, after: number])[];
  /** Sorts what is sent. */
  readonly order: readonly number[];
}

const sequence = fc.oneof(
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc.integer({ min: 0xffff_ff00, max: 0xffff_ffff }),
  fc.integer({ min: 0x7fff_ff00, max: 0x8000_0010 }),
);

const plan: fc.Arbitrary<Plan> = fc.record({
  clientStart: sequence,
  serverStart: sequence,
  cuts: fc.array(fc.nat(999), { maxLength: 12 }),
  again: fc.array(fc.tuple(fc.nat(40), fc.nat(60), fc.nat(60)), { maxLength: 6 }),
  order: fc.array(fc.nat(1_000), { minLength: 60, maxLength: 60 }),
});

function streamOf(script: Script, side: Piece['side']): Uint8Array {
  return join(...script.turns.flatMap(([who, bytes]) => (who === side ? [bytes] : [])));
}

/** [from, to) cut into pieces. */
function piecesOf(side: Piece['side'], from: number, to: number, cuts: readonly number[]): Piece[] {
  const places = [...new Set(cuts.map((part) => from + Math.floor((part * (to - from)) / 1_000)))];
  const edges = [from, ...places.filter((at) => at > from && at < to).sort((a, b) => a - b), to];
  return edges.slice(1).map((end, i) => ({ side, from: edges[i]!, to: end }));
}

function repeated(pieces: readonly Piece[], { again }: Plan, script: Script): Piece[] {
  return again.map(([which, before, after]) => {
    const { side, from, to } = pieces[which % pieces.length]!;
    const { length } = streamOf(script, side);
    return { side, from: Math.max(0, from - before), to: Math.min(length, to + after) };
  });
}

/** Stable: what has the same number stays in order. */
function shuffled<T>(all: readonly T[], order: readonly number[]): T[] {
  return all
    .map((each, i) => ({ each, key: order[i % order.length]! }))
    .sort((a, b) => a.key - b.key)
    .map(({ each }) => each);
}

async function seen(script: Script, plan: Pick<Plan, 'clientStart' | 'serverStart'>, pieces: readonly Piece[]) {
  const c = new Connection(plan);
  const streams = { client: streamOf(script, 'client'), server: streamOf(script, 'server') };
  const packets = pieces.map(({ side, from, to }) =>
    side === 'client'
      ? c.clientAt(from, streams.client.subarray(from, to))
      : c.serverAt(from, streams.server.subarray(from, to)),
  );
  const file = pcap([...c.open(), ...packets].map((packet) => ({ bytes: frame(packet) })));
  const { observations, stats, error } = await observe(file);
  expect(error).toBeNull();
  return {
    rows: observations.map((each) => [
      each.src.port,
      each.dst.port,
      each.starttls,
      each.retry,
      Buffer.from(each.hello.raw).toString('hex'),
      each.fingerprint.ja3.hash,
    ]),
    counts: { hellos: stats.hellos, repeats: stats.repeats, rejected: stats.rejected, tls: stats.tls_connections },
  };
}

/** The script turn by turn, each in one segment. */
function inOrder(script: Script): Piece[] {
  const at = { client: 0, server: 0 };
  return script.turns.map(([side, bytes]) => {
    const from = at[side];
    at[side] += bytes.length;
    return { side, from, to: at[side] };
  });
}

async function holds(script: Script, plan: Plan, pieces: readonly Piece[]): Promise<void> {
  const plain = await seen(script, plan, inOrder(script));
  expect(plain.rows.length).toBeGreaterThan(0);
  expect(await seen(script, plan, pieces)).toEqual(plain);
}

const built = clientHello({ ciphers: [0x1301, 0xc02f], extensions: [serverNameExtension('mail.example.org')] });
const second = clientHello({ ciphers: [0x1302], extensions: [serverNameExtension('mail.example.org')] });
const answer = record(serverHello());
const appData = record(new Uint8Array(60).fill(9), APPLICATION_DATA);

const directTls: fc.Arbitrary<Script> = fc
  .record({
    ends: fc.uniqueArray(fc.integer({ min: 1, max: built.length - 1 }), { maxLength: 4 }),
    hellos: fc.constantFrom('one', 'retry', 'repeat'),
  })
  .map(({ ends, hellos }) => {
    const first = records(
      built,
      ends.sort((a, b) => a - b),
    );
    const then = hellos === 'one' ? [] : [['client', hellos === 'retry' ? record(second) : first] as const];
    return { turns: [['client', first], ['server', answer], ...then, ['client', appData], ['server', appData]] };
  });

it('both sides in any order, with overlap and repetition, give what they give in order', async () => {
  await fc.assert(
    fc.asyncProperty(directTls, plan, async (script, plan) => {
      const whole = (['client', 'server'] as const).flatMap((side) =>
        piecesOf(side, 0, streamOf(script, side).length, plan.cuts),
      );
      await holds(script, plan, shuffled([...whole, ...repeated(whole, plan, script)], plan.order));
    }),
    { numRuns: runs },
  );
});

it.skipIf(!helloSetIsThere)(`so do recorded hellos (${HELLO_SET_ABSENT})`, async () => {
  const recorded = helloSet().filter((hello) => hello.transport === 'tcp' && hello.ja3 !== null);
  const script = fc
    .record({ which: fc.nat(recorded.length - 1), ends: fc.uniqueArray(fc.nat(999), { maxLength: 3 }) })
    .map(({ which, ends }): Script => {
      const { raw } = recorded[which]!;
      const places = [...new Set(ends.map((part) => 1 + Math.floor((part * (raw.length - 2)) / 1_000)))];
      return {
        turns: [
          [
            'client',
            records(
              raw,
              places.sort((a, b) => a - b),
            ),
          ],
          ['server', answer],
          ['client', appData],
        ],
      };
    });
  await fc.assert(
    fc.asyncProperty(script, plan, async (script, plan) => {
      const whole = (['client', 'server'] as const).flatMap((side) =>
        piecesOf(side, 0, streamOf(script, side).length, plan.cuts),
      );
      await holds(script, plan, shuffled([...whole, ...repeated(whole, plan, script)], plan.order));
    }),
    { numRuns: runs },
  );
});

const dialogue = (...lines: string[]): Script => ({
  turns: [
    ...lines.map((each) => [each.startsWith('C') ? 'client' : 'server', ascii(`${each.slice(3)}\r\n`)] as const),
    ['client', record(built)],
    ['server', answer],
    ['client', appData],
  ],
});

const dialogues = {
  imap: dialogue(
    'S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready',
    'C: a1 CAPABILITY',
    'S: * CAPABILITY IMAP4rev1 STARTTLS',
    'S: a1 OK done',
    'C: a2 STARTTLS',
    'S: a2 OK begin',
  ),
  pop3: dialogue('S: +OK ready', 'C: CAPA', 'S: +OK', 'S: STLS', 'S: .', 'C: STLS', 'S: +OK begin'),
  smtp: dialogue(
    'S: 220 mail.example.org ESMTP',
    'C: EHLO client.example.org',
    'S: 250-mail.example.org',
    'S: 250 STARTTLS',
    'C: STARTTLS',
    'S: 220 go ahead',
  ),
};

/**
 * Only within a turn: a captured dialogue whose sides were swapped could be another one (a client that says STARTTLS before it is greeted). A turn's
 * segments, repetitions of earlier ones among them, come in any order.
 */
it.each(Object.entries(dialogues))('%s: the segments of each turn in any order', async (name, script) => {
  await fc.assert(
    fc.asyncProperty(plan, async (plan) => {
      const delivered: Piece[] = [];
      for (const [i, { side, from, to }] of inOrder(script).entries()) {
        const pieces = piecesOf(side, from, to, plan.cuts);
        const again = i % 2 === 0 ? delivered.filter((each) => each.side === side).slice(0, 2) : [];
        delivered.push(...shuffled([...pieces, ...again], plan.order.slice(i)));
      }
      const { rows } = await seen(script, plan, delivered);
      expect(rows.map((row) => row[2])).toEqual([name]);
      await holds(script, plan, delivered);
    }),
    { numRuns: Math.ceil(runs / 4) },
  );
});

it.each(Object.entries(dialogues))('%s: one side in any order, once the other is there', async (name, script) => {
  await fc.assert(
    fc.asyncProperty(plan, fc.constantFrom('client', 'server'), async (plan, early) => {
      const sides = ['client', 'server'] as const;
      const whole = sides.flatMap((side) => {
        const pieces = piecesOf(side, 0, streamOf(script, side).length, plan.cuts);
        return side === early
          ? pieces
          : shuffled(
              [...pieces, ...repeated(pieces, plan, script)].filter((each) => each.side === side),
              plan.order,
            );
      });
      const ordered = [...whole.filter((each) => each.side === early), ...whole.filter((each) => each.side !== early)];
      const { rows } = await seen(script, plan, ordered);
      expect(rows.map((row) => row[4])).toEqual([Buffer.from(built).toString('hex')]);
      expect(rows.map((row) => row[2])).toEqual([name]);
    }),
    { numRuns: Math.ceil(runs / 4) },
  );
});
