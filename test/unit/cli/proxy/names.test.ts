import { describe, expect, it } from 'vitest';
import { labelsFolder } from '../../../../src/cli/package-root.js';
import { helloRecognizer } from '../../../../src/cli/proxy/names.js';
import { parseJa3String } from '../../../../src/fingerprint/index.js';
import { readLabelFolder } from '../../../../src/lists/index.js';
import type { ClientHello } from '../../../../src/model/index.js';
import { helloWith } from '../../../harness/observation.js';

const labels = readLabelFolder(labelsFolder);
const row = labels.find(({ view, string, client }) => view === 'ja3' && string !== null && client.startsWith('mutt'))!;

/** A hello with the lists of a known one, and a cipher suite more where one is given. */
function hello(more: readonly number[] = []): ClientHello {
  const lists = parseJa3String(row.string!);
  return helloWith({
    legacyVersion: lists.version,
    cipherSuites: [...lists.cipherSuites, ...more],
    extensions: [],
    extensionTypes: lists.extensions,
    supportedGroups: lists.supportedGroups,
    ecPointFormats: lists.ecPointFormats,
  });
}

/** A clock on which a second look, after something was done, is `step` later. */
function clock(step: number): { now: () => number; wait: (milliseconds: number) => void } {
  let time = 0;
  return {
    now: () => {
      time += step;
      return time;
    },
    wait: (milliseconds) => {
      time += milliseconds;
    },
  };
}

describe('helloRecognizer', () => {
  it('names what is known to the letter, and what is near', async () => {
    const recognize = await helloRecognizer(labels);
    expect(recognize(hello()).rung).toBe('ja3');
    expect(['stack', 'nearest', 'unordered', 'situational']).toContain(recognize(hello([0x1301, 0xc0ff])).rung);
  });

  it('compares no more than there is time for, and goes on naming what is known to the letter', async () => {
    const { now, wait } = clock(80);
    const recognize = await helloRecognizer(labels, now);
    expect(recognize(hello([0xfe01])).rung).not.toBe('none');
    expect(recognize(hello([0xfe02])).rung).not.toBe('none');
    const late = hello([0xfe03]);
    expect(recognize(late).rung).toBe('none');
    expect(recognize(hello()).rung).toBe('ja3');
    wait(10_000);
    expect(recognize(late).rung).not.toBe('none');
  });
});
