import type { Recognition } from '../../model/index.js';

/**
 * One text for who calls, as lines and forwarded fields have it: `curl 7.88.1`; where several clients share the fingerprint, the likeliest and how many more
 * there are, `claws-mail +6`; from the rung `stack` down the family of its TLS library, since there an answer names no client. null where nothing is known.
 */
export function clientName(recognition: Recognition | null): string | null {
  const best = recognition?.candidates[0]?.label;
  if (recognition === null || best === undefined) return null;
  if (recognition.rung === 'stack' || recognition.rung === 'nearest') return recognition.family;
  const clients = new Set(recognition.candidates.map(({ label }) => label.client.toLowerCase()));
  // A version says nothing where not even the client is certain.
  if (clients.size > 1) return `${best.client} +${clients.size - 1}`;
  return best.version === '' ? best.client : `${best.client} ${best.version}`;
}
