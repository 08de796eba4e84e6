import type { LabelRow, Recognition, Rung } from '../../../model/index.js';
import { type Check, evidence, rounded, type Subject } from '../check.js';
import { MAX_CLIENT_NAME } from '../limits.js';
import { namesLike } from '../wildcard.js';

/** Rungs on which labels name clients. Below, they are evidence for a TLS library. */
const NAMING: ReadonlySet<Rung> = new Set(['ja3', 'ja4', 'ssl_ja3', 'situational', 'unordered']);

/** Of all shares, so that one label among the many of a library's defaults does not speak for all of them. */
const HALF = 0.5;

/** Shares are quotients: a half that was added up may be short of it by some last bits. */
const ROUNDING = 1e-9;

/** Labels that fit must have together at least half of the shares. */
function sharedBy(condition: string, shown: (label: LabelRow) => string, fits: (text: string) => boolean): Check {
  return ({ login }: Subject) => {
    const { recognition } = login.client;
    if (recognition === null || !NAMING.has(recognition.rung)) return null;
    let share = 0;
    let heaviest: LabelRow | null = null;
    for (const candidate of recognition.candidates) {
      if (!fits(shown(candidate.label))) continue;
      share += candidate.share;
      heaviest ??= candidate.label;
    }
    if (heaviest === null || share < HALF - ROUNDING) return null;
    return evidence(condition, `${shown(heaviest)} (${recognition.rung})`, {
      share: rounded(share),
      labels: recognition.candidates.length,
      ...howSure(recognition),
    });
  };
}

export const client = (wanted: readonly string[]) =>
  sharedBy('client', (label) => label.client, namesLike(wanted, MAX_CLIENT_NAME));

export function kind(wanted: readonly string[]): Check {
  const kinds = new Set(wanted.map((each) => each.toLowerCase()));
  return sharedBy(
    'kind',
    (label) => label.kind,
    (found) => kinds.has(found.toLowerCase()),
  );
}

export function family(wanted: readonly string[]): Check {
  const families = new Set(wanted.map((each) => each.toLowerCase()));
  return ({ login }) => {
    const { recognition } = login.client;
    if (recognition?.family == null || !families.has(recognition.family.toLowerCase())) return null;
    return evidence('family', `${recognition.family} (${recognition.rung})`, howSure(recognition));
  };
}

export function rung(wanted: readonly Rung[]): Check {
  const rungs = new Set(wanted);
  return ({ login }) => {
    const { recognition } = login.client;
    return recognition !== null && rungs.has(recognition.rung)
      ? evidence('rung', recognition.rung, howSure(recognition))
      : null;
  };
}

function howSure({ score, confidence }: Recognition): Record<string, number> {
  return { score: rounded(score), ...(confidence !== null && { confidence: rounded(confidence) }) };
}
