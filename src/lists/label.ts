import type { LabelRow } from '../model/index.js';
import type { CheckedValue } from './values.js';

/** What a label is beside its value. */
export interface LabelFacts {
  readonly client: string;
  readonly version?: string;
  readonly tlsLibrary?: string;
  readonly kind: string;
  /** 1 where it is not given. */
  readonly weight?: number;
  /** Where it is not given: `string` or `hash`, after what is known. */
  readonly quality?: string;
  readonly source: string;
  readonly sourceRow: number;
  readonly licence: string;
  readonly captured?: string | null;
}

/** A label under one checked value. */
export function labelRow(view: LabelRow['view'], { value }: CheckedValue, facts: LabelFacts): LabelRow {
  return {
    client: facts.client,
    version: facts.version ?? '',
    tlsLibrary: facts.tlsLibrary ?? '',
    source: facts.source,
    view,
    hash: value.hash,
    string: value.string,
    kind: facts.kind,
    weight: facts.weight ?? 1,
    quality: facts.quality ?? (value.string === null ? 'hash' : 'string'),
    sourceRow: facts.sourceRow,
    licence: facts.licence,
    captured: facts.captured ?? null,
  };
}

/** The day a date or time begins with, or null. */
export function dayOf(text: unknown): string | null {
  return typeof text === 'string'
    ? (/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\d])/.exec(text)?.[0] ?? null)
    : null;
}

/** A share as a list prints it, as a weight: nothing that was seen at all weighs nothing, and two decimals write everything below a half percent as 0. */
export function weightOfShare(share: unknown): number {
  const number = typeof share === 'string' && share.trim() !== '' ? Number(share) : share;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return 1;
  return Math.max(number, LEAST_SHARE);
}

const LEAST_SHARE = 0.005;
