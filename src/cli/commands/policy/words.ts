import { clientName } from '../../../login/index.js';
import type { Recognition, VerdictEffect } from '../../../model/index.js';

/** Of a user's keyed hash: enough to tell users of one table apart. */
export const shortKey = (userKey: string): string => userKey.slice(0, 8);

/** null: nothing is known of it. */
export function clientText(recognition: Recognition | null): string | null {
  const name = clientName(recognition);
  if (name === null || recognition === null) return name;
  return recognition.rung === 'stack' || recognition.rung === 'nearest' ? `like ${name}` : name;
}

/** Per 10,000, with two digits; null without any. */
export function rateOf(hit: number, all: number): number | null {
  return all === 0 ? null : Math.round((1e6 * hit) / all) / 100;
}

/** What becomes of a login: `is let in`, `waits 5 s`, `is refused`. */
export function effectText(effect: VerdictEffect): string {
  switch (effect.action) {
    case 'allow':
      return 'let in';
    case 'tarpit':
      return `made to wait ${effect.seconds} s`;
    case 'reject':
      return effect.message === null ? 'refused' : `refused with "${effect.message}"`;
  }
}

/** `10 minutes`, `1 day`, `90 seconds`. */
export function spanText(seconds: number): string {
  for (const [name, unit] of [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const) {
    if (seconds >= unit && seconds % unit === 0) return plural(seconds / unit, name);
  }
  return plural(seconds, 'second');
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${String(count).replace(/\B(?=(\d{3})+$)/g, ',')} ${count === 1 ? one : many}`;
}
