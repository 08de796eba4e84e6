import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SensorError } from '../../../src/errors.js';
import { openImport } from '../../../src/lists/index.js';

const SAMPLES = 'samples/lists';

/** Bytes that mean something to some format are put in more often than others. */
const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...Buffer.from('"{}[],:\n\r\t\\-0#')));
const changes = fc.array(fc.tuple(fc.nat(), byte), { minLength: 1, maxLength: 8 });

describe('a damaged list', () => {
  it.each(readdirSync(SAMPLES).filter((name) => name !== 'README.md'))(
    '%s gives rows, or one SensorError, and whatever it gives is well formed',
    (name) => {
      const sound = readFileSync(`${SAMPLES}/${name}`);
      fc.assert(
        fc.property(changes, fc.option(fc.nat(), { nil: null, freq: 4 }), (places, end) => {
          const bytes = Buffer.from(sound);
          for (const [at, value] of places) bytes[at % bytes.length] = value;
          try {
            for (const row of openImport(end === null ? bytes : bytes.subarray(0, end % bytes.length)).rows) {
              expect(row.line).toBeGreaterThan(0);
              if (row.type === 'label') {
                expect(row.label.hash).toMatch(
                  row.label.view === 'ja4' ? /^[tqd]\w{9}_\w{12}_\w{12}$/ : /^[0-9a-f]{32}$/,
                );
                expect(row.label.client).not.toBe('');
                expect(row.label.weight).toBeGreaterThan(0);
              } else if (row.type === 'observation') {
                const { timestamp, src, dst } = row.observation;
                expect(Number.isSafeInteger(timestamp.seconds)).toBe(true);
                expect(timestamp.nanoseconds).toBeGreaterThanOrEqual(0);
                expect(timestamp.nanoseconds).toBeLessThan(1_000_000_000);
                for (const { ip, port } of [src, dst]) {
                  expect(ip).toMatch(/^[0-9a-f:.]+$/);
                  expect(port).toBeLessThan(65_536);
                }
              }
            }
          } catch (error) {
            if (!(error instanceof SensorError)) throw error;
          }
        }),
        { numRuns: 200 },
      );
    },
  );
});
