import { existsSync } from 'node:fs';
import { SensorError } from '../errors.js';
import type { HelloShape, LabelMatch, LabelRow, Observation, OpenSslGeneration } from '../model/index.js';
import type { LabelsOf } from '../report/index.js';
import type { Store } from '../store/index.js';
import { UsageError } from './exit-codes.js';
import { labelsFolder } from './package-root.js';

export interface DatabaseChoice {
  readonly path: string;
  /** The path was given, not taken by default. */
  readonly explicit: boolean;
}

/** The labels that come with the package. */
export async function shippedLabels(): Promise<readonly LabelRow[]> {
  const { readLabelFolder } = await import('../lists/index.js');
  return readLabelFolder(labelsFolder);
}

/**
 * Opens the database for recording: created where it is not there, and given the shipped labels.
 *
 * @param busyTimeoutMs how long to wait for another process; default: the store's own
 */
export async function openForRecording(choice: DatabaseChoice, busyTimeoutMs?: number): Promise<Store> {
  const { openStore } = await import('../store/index.js');
  const store = await openStore(choice.path, {
    create: true,
    ...(busyTimeoutMs === undefined ? {} : { busyTimeoutMs }),
  });
  try {
    store.labels.seed(await shippedLabels());
  } catch (error) {
    store.close();
    throw error;
  }
  return store;
}

/**
 * The labels names are found in, without writing anything: those of the database where there is one, else the shipped ones. A database that nobody
 * asked for and that cannot be read does not keep a capture from being read: `onUnreadable` is told, and the shipped labels serve.
 *
 * @param which `references` for recognition: they have the strings of recorded hellos
 * @throws UsageError where the database that was asked for is not there; SensorError where it cannot be read
 */
export async function readLabels(
  choice: DatabaseChoice,
  onUnreadable: (error: SensorError) => void,
  which: 'all' | 'references' = 'all',
): Promise<readonly LabelRow[]> {
  if (!existsSync(choice.path)) {
    if (choice.explicit) throw new UsageError(`no database at ${choice.path} (--record would create it)`);
    return shippedLabels();
  }
  const { openStore } = await import('../store/index.js');
  try {
    const store = await openStore(choice.path, { create: false, readOnly: true });
    try {
      return store.labels[which]();
    } finally {
      store.close();
    }
  } catch (error) {
    if (choice.explicit || !(error instanceof SensorError)) throw error;
    onUnreadable(error);
    return shippedLabels();
  }
}

/** Distinct fingerprints whose labels are remembered. A sender can invent any number; when it is reached, all are forgotten. */
const REMEMBERED = 4096;

/**
 * Finds the labels of hellos among `labels`. The same list is handed out again for the same fingerprint.
 *
 * @param openssl the generation the capture is read with
 */
export async function labelFinder(labels: readonly LabelRow[], openssl: OpenSslGeneration): Promise<LabelsOf> {
  const [{ LabelIndex }, { sslJa3Of }] = await Promise.all([
    import('../recognize/index.js'),
    import('./both-ssl-ja3.js'),
  ]);
  const index = new LabelIndex(labels);
  const known = new Map<string, readonly LabelMatch[]>();
  const ofShapes = new WeakMap<HelloShape, readonly LabelMatch[]>();
  return (observation) => {
    const { shape } = observation.hello;
    let found = ofShapes.get(shape);
    if (found === undefined) {
      found = ofFingerprint(observation);
      ofShapes.set(shape, found);
    }
    return found;
  };

  function ofFingerprint(observation: Observation): readonly LabelMatch[] {
    const { fingerprint } = observation;
    // Both together hold everything the views of the other generation are made of.
    const key = fingerprint.ja3.hash + fingerprint.sslJa3.hash;
    let found = known.get(key);
    if (found === undefined) {
      found = index.find(fingerprint, sslJa3Of(observation, openssl));
      if (known.size >= REMEMBERED) known.clear();
      known.set(key, found);
    }
    return found;
  }
}
