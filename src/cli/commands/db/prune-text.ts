import type { WouldPrune } from '../../../store/index.js';
import type { Json } from './answer.js';
import { counted } from './text.js';

export function pruneJson(due: WouldPrune): { readonly [key: string]: Json } {
  const { cut, logins, observations, counts, fingerprints } = due;
  return { cut, logins, observations, counts, fingerprints };
}

/** `cut the addresses of 12 rows and delete 3 observations, …`. */
export function pruneText(due: WouldPrune): string {
  const { cut, logins, observations, counts, fingerprints } = due;
  if (Object.values(pruneJson(due)).every((count) => count === 0)) return 'do nothing: nothing is old enough';
  return (
    `cut the addresses of ${counted(cut, 'row')} and delete ${counted(observations, 'observation')}, ${counted(logins, 'login')}, ` +
    `${counted(counts, 'hourly count or server name', 'hourly counts and server names')}, ${counted(fingerprints, 'fingerprint')}`
  );
}
