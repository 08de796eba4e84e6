/**
 * Records what real Dovecots ask a policy server, and what they make of its answers: test/data/policy/. Needs root, Debian 12 with its Dovecot, and what
 * test/harness/mail/dovecot24.ts says. `npx tsx scripts/record-policy.ts`
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { outcomesOfDovecot } from '../test/harness/policy/dovecot.js';
import { recordDovecot23, recordDovecot24 } from '../test/harness/policy/record.js';
import { recordForwarded, recordNative } from '../test/harness/policy/record-fingerprints.js';

const folder = new URL('../test/data/policy/', import.meta.url);
mkdirSync(folder, { recursive: true });

function write(name: string, value: unknown): void {
  writeFileSync(new URL(name, folder), `${JSON.stringify(value, null, 2)}\n`);
}

const failOpen = await outcomesOfDovecot(false);
const failClosed = await outcomesOfDovecot(true);
write(
  'outcomes.json',
  Object.fromEntries(
    Object.keys(failOpen).map((name) => [name, { failOpen: failOpen[name], failClosed: failClosed[name] }]),
  ),
);
write('dovecot-2.3.json', await recordDovecot23());
write('dovecot-2.4.json', await recordDovecot24());
write('server-dovecot-2.3.json', await recordForwarded());
write('server-dovecot-2.4.json', await recordNative());
