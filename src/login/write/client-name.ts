import type { Recognition } from '../../model/index.js';

/**
 * The name of a client with its version, as lines and forwarded fields have it: the best candidate's; from the rung `stack` down the family of its TLS library, since there
 * an answer names no client. null where nothing is known.
 */
export function clientName(recognition: Recognition | null): string | null {
  const best = recognition?.candidates[0]?.label;
  if (recognition === null || best === undefined) return null;
  if (recognition.rung === 'stack' || recognition.rung === 'nearest') return recognition.family;
  return best.version === '' ? best.client : `${best.client} ${best.version}`;
}
