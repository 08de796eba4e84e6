import { keyedNames } from '../../login/index.js';
import type { LabelRow } from '../../model/index.js';
import type { PolicyPast } from '../../policy/index.js';
import { openForRecording, shippedLabels } from '../label-source.js';
import type { RecordedStrings } from './identify.js';
import { recordedStrings } from './recorded-strings.js';

/** What a policy goes by that is not in its rules. */
export interface PolicyKnowledge {
  /** With the strings of recorded hellos. */
  readonly labels: readonly LabelRow[];
  readonly recorded: RecordedStrings;
  readonly userKey: (name: string) => string;
  /** null: there is none. */
  readonly past: PolicyPast | null;
  /** Which key `userKey` goes by; null: one that ends with the process, so that nothing is kept. */
  readonly key: string | null;
  close(): void;
}

/** Of a database, which is made where there is none. @throws SensorError of the store */
export async function storedKnowledge(path: string): Promise<PolicyKnowledge> {
  const store = await openForRecording({ path, explicit: true });
  const { policy } = store;
  return {
    labels: store.labels.references(),
    recorded: recordedStrings(store),
    userKey: (name) => policy.userKey(name),
    past: policy,
    key: policy.key,
    close: () => store.close(),
  };
}

/** The labels of the package, and nothing of the past. */
export async function freshKnowledge(): Promise<PolicyKnowledge> {
  return {
    labels: await shippedLabels(),
    recorded: () => null,
    userKey: keyedNames(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))),
    past: null,
    key: null,
    close: () => {},
  };
}

/** As long as the hash it keys (RFC 2104 section 3). */
const SECRET_BYTES = 32;
