import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backendDialogues, clientDialogue } from '../../src/proxy/dialogues.js';
import { fuzzedSession, fuzzParameters, MutatedServer, secretForms } from '../harness/fuzz.js';
import { backendSettings, bytesOf, clientSettings, exampleIdentity, LoginPair, told } from '../harness/login-pair.js';
import { speeches } from '../harness/speech.js';

/** Sessions of each protocol: 100,000 in all where there is time. */
const SESSIONS = process.env.CI ? 20_000 : 1500;

const settings = fc.record({
  secured: fc.boolean(),
  trusted: fc.boolean(),
  identity: fc.boolean(),
  tls: fc.constantFrom('none', 'starttls', 'implicit' as const),
});

describe.each(speeches.map(({ protocol }) => protocol))('hostile clients and backends of %s', (protocol) => {
  it('come to an end without a throw, one attempt at a time, secrets to the backend only', () => {
    const outcomes = new Map<string, number>();
    fc.assert(
      fc.property(fuzzedSession(protocol), settings, (session, { secured, trusted, identity, tls }) => {
        const limits = { maxLine: 512, maxBadCommands: 4, maxAttempts: 4 };
        const clientSide = clientSettings({
          secured,
          trusted,
          starttls: true,
          cleartext: true,
          mechanisms: ['PLAIN', 'LOGIN', 'CRAM-MD5'],
          greeting: 'hi <1896.697170952@backend.test>',
          limits,
        });
        let server = new MutatedServer(session);
        let said: string[] = [];
        let heard = 0;
        const dialogues: object[] = [];
        const pair = new LoginPair(
          clientDialogue(protocol, clientSide),
          () => {
            const own = backendSettings({ tls, identity: identity ? exampleIdentity : null });
            const dialogue = backendDialogues[protocol](own);
            dialogues.push(dialogue);
            return dialogue;
          },
          () => {
            // Another connection.
            server = new MutatedServer(session);
            said = [...server.greet()];
          },
        );
        const toSay = [...session.client];
        for (let turn = 0; toSay.length + said.length > 0; turn++) {
          const isClients = session.turns[turn % session.turns.length]!;
          if (toSay.length > 0 && (isClients || said.length === 0)) pair.fromClient(bytesOf(toSay.shift()!));
          else if (said.length > 0) pair.fromBackend(bytesOf(said.shift()!));
          said.push(...server.push(pair.toBackend.slice(heard)));
          heard = pair.toBackend.length;
        }
        for (const outcome of pair.outcomes) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);

        expect(pair.mostAtOnce).toBeLessThanOrEqual(1);
        expect(pair.outcomes.filter((outcome) => outcome === 'failed').length).toBeLessThanOrEqual(limits.maxAttempts);
        // Whole lines: a backend's own words are passed on as it spells them.
        expect(pair.toClient).toMatch(/(?:^|\n)$/);
        const elsewhere = pair.steps.filter(({ step }) => step !== 'attempt' && step !== 'response' && step !== 'send');
        const printed = inspect([dialogues, pair.steps.filter(({ step }) => step === 'attempt')], { depth: 8 });
        const seen = `${told(elsewhere).join('\n')}\n${pair.toClient}\n${printed}`;
        for (const form of secretForms) if (seen.includes(form)) expect.fail(`${form} is shown: ${seen}`);
      }),
      fuzzParameters(SESSIONS),
    );
    // They have come far enough for it to mean something.
    const all = JSON.stringify([...outcomes]);
    for (const outcome of ['succeeded', 'failed', 'unavailable', 'proxy_dest_protocol_failure']) {
      expect(outcomes.has(outcome), `${outcome} among ${all}`).toBe(true);
    }
    expect(outcomes.get('succeeded'), all).toBeGreaterThan(SESSIONS / 100);
  });
});
