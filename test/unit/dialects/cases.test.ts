import { describe, expect, test } from 'vitest';
import { dialects, openDialogue } from '../../../src/dialects/index.js';
import { expectSameHoweverDelivered, follow, type Outcome } from '../../conformance/dialect.js';
import { type DialogueCase, readDialogueCases } from './cases.js';

const cases = readDialogueCases();

function expected({ name, verdict, sent }: DialogueCase): Outcome {
  const consumed = (side: string) =>
    sent.reduce((sum, line) => (line.side === side && !line.left ? sum + line.bytes.length : sum), 0);
  return { name, verdict, client: consumed('client'), server: consumed('server') };
}

describe('dialogues', () => {
  test.each(cases.map((one) => [one.title, one] as const))('%s', (_title, one) => {
    expect(follow(openDialogue(), one.sent)).toEqual(expected(one));
  });

  test('there is a case of every dialect that leads to TLS or a tunnel', () => {
    const led = new Set(
      cases.filter(({ verdict }) => verdict === 'tls' || verdict === 'tunnel').map(({ name }) => name),
    );
    for (const { name } of dialects) expect(led).toContain(name);
  });
});

describe('dialogues, however they are delivered', () => {
  test.each(cases.map((one) => [one.title, one] as const))('%s', (_title, one) => {
    expectSameHoweverDelivered(openDialogue, one.sent, expected(one));
  });
});
