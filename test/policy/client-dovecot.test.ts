import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { missing, without } from '../harness/mail/programs.js';
import { outcomesOfDovecot } from '../harness/policy/dovecot.js';
import { type RecordedLogin, recordDovecot23, recordDovecot24 } from '../harness/policy/record.js';

// What the other tests of the policy client are held against was recorded by scripts/record-policy.ts. Here the programs themselves are asked again.

function recorded(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../data/policy/${name}.json`, import.meta.url), 'utf8'));
}

/** Ports have four digits or five, and those are in the length of no request: the Host header says them. */
const comparable = (logins: RecordedLogin[]) =>
  logins.map(({ requests, ...login }) => ({
    ...login,
    requests: requests.map(({ headers, ...request }) => ({
      ...request,
      headers: headers.filter(([name]) => name !== 'Host'),
    })),
  }));

describe(`Dovecot 2.3${without(missing.dovecot)}`, () => {
  const isMissing = missing.dovecot !== '';

  it.skipIf(isMissing)('still asks as it did when it was recorded', async () => {
    expect(comparable(await recordDovecot23())).toEqual(comparable(recorded('dovecot-2.3') as RecordedLogin[]));
  });

  it.skipIf(isMissing).each([
    ['failOpen', false],
    ['failClosed', true],
  ] as const)('still does what it did when its server misbehaved: %s', async (mode, rejectOnFail) => {
    const wanted = Object.entries(recorded('outcomes') as Record<string, Record<typeof mode, unknown>>);
    expect(await outcomesOfDovecot(rejectOnFail)).toEqual(
      Object.fromEntries(wanted.map(([name, said]) => [name, said[mode]])),
    );
  });
});

describe(`Dovecot 2.4${without(missing.dovecot24)}`, () => {
  it.skipIf(missing.dovecot24 !== '')('still asks as it did when it was recorded', async () => {
    expect(comparable(await recordDovecot24())).toEqual(comparable(recorded('dovecot-2.4') as RecordedLogin[]));
  });
});
