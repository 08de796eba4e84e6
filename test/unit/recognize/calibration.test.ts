import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Calibration, parseCalibration, Recognizer, subjectOfJa3String } from '../../../src/recognize/index.js';
import { refusal } from '../../harness/refusal.js';
import { label, OPENSSL, withExtensions } from './labels.js';

const table = (...rows: readonly object[]): string =>
  JSON.stringify({ measured: '2026-11-22', labels: 'a list', rows });
const row = { rung: 'situational', from: 0, to: 1, answers: 98, right: 74 };

describe('confidence', () => {
  const labels = [label({ string: OPENSSL, tlsLibrary: 'OpenSSL' })];
  const hello = subjectOfJa3String(withExtensions(OPENSSL, (types) => types.filter((type) => type !== 0)));
  const confidence = (...rows: readonly object[]) =>
    new Recognizer(labels, parseCalibration(table(...rows), 'table')).recognize(hello).confidence;

  it('is the share of right answers, one right and one wrong added', () => {
    expect(confidence(row)).toBe(75 / 100);
  });

  it('is null where too little was measured, or nothing', () => {
    expect(confidence({ ...row, answers: 19, right: 19 })).toBeNull();
    expect(confidence({ ...row, rung: 'stack' })).toBeNull();
    expect(confidence()).toBeNull();
    expect(new Recognizer(labels).recognize(hello).confidence).toBeNull();
  });

  it('is that of the range the score is in', () => {
    // One of 47 numbers is missing.
    expect(confidence({ ...row, from: 0, to: 0.5, right: 0 }, { ...row, from: 0.5, to: 1 })).toBe(0.75);
    expect(confidence({ ...row, from: 0.5, to: 1 }, { ...row, from: 0, to: 0.5, right: 0 })).toBe(0.75);
  });

  it('is null where the candidates of a lower rung do not agree on a family', () => {
    const calibration = parseCalibration(table({ ...row, rung: 'stack' }), 'table');
    const stack = subjectOfJa3String(withExtensions(OPENSSL, (types) => [...types, 49]));
    const answer = (other: string) =>
      new Recognizer([...labels, label({ client: 'b', string: OPENSSL, tlsLibrary: other })], calibration).recognize(
        stack,
      );
    expect(answer('OpenSSL')).toMatchObject({ rung: 'stack', family: 'OpenSSL', confidence: 0.75 });
    expect(answer('LibreSSL')).toMatchObject({ rung: 'stack', family: null, confidence: null });
  });

  it('comes with the shipped table for every rung below the exact ones', () => {
    const path = new URL('../../../db/calibration/mail.json', import.meta.url);
    const shipped: Calibration = parseCalibration(readFileSync(path, 'utf8'), 'mail.json');
    expect(new Set(shipped.rows.map((one) => one.rung))).toEqual(
      new Set(['situational', 'unordered', 'stack', 'nearest']),
    );
    for (const one of shipped.rows) expect(one.answers, one.rung).toBeGreaterThanOrEqual(20);
  });
});

describe('parseCalibration', () => {
  it.each([
    ['', 'json'],
    ['[]', 'json'],
    ['null', 'json'],
    ['{"measured":"today","labels":"","rows":[]}', 'measured'],
    ['{"measured":"2026-11-22","labels":1,"rows":[]}', 'labels'],
    ['{"measured":"2026-11-22","labels":"","rows":{}}', 'rows'],
    ['{"measured":"2026-11-22","labels":"","rows":[],"more":1}', 'more'],
    [table(row, { ...row, rung: 'none' }), 'rows[1]'],
    [table({ ...row, from: 1 }), 'rows[0]'],
    [table({ ...row, to: 1.5 }), 'rows[0]'],
    [table({ ...row, right: 99 }), 'rows[0]'],
    [table({ ...row, answers: 98.5 }), 'rows[0]'],
    [table({ ...row, extra: 1 }), 'rows[0]'],
    [table([]), 'rows[0]'],
    [table(...Array.from({ length: 1001 }, () => row)), 'rows'],
  ])('refuses %.60s', (text, field) => {
    expect(refusal(() => parseCalibration(text, 'x'))).toEqual({ code: 'bad_calibration', field, offset: 0 });
  });
});
