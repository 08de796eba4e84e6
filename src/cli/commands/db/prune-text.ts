import type { WouldPrune } from '../../../store/index.js';
import type { Json } from './answer.js';
import { counted } from './text.js';

export function pruneJson(due: WouldPrune): { readonly [key: string]: Json } {
  const { cut, logins, observations, heard, known, counts, fingerprints } = due;
  return { cut, logins, observations, heard, known, counts, fingerprints };
}

/** `would cut the addresses of 12 rows and delete 3 observations, …`; `cut the addresses of 12 rows and deleted …` where it is done. */
export function pruneText(due: WouldPrune, when: 'would' | 'done'): string {
  const { cut, logins, observations, heard, known, counts, fingerprints } = due;
  if (Object.values(pruneJson(due)).every((count) => count === 0))
    return `${when === 'would' ? 'would do' : 'did'} nothing: nothing is old enough`;
  return (
    `${when === 'would' ? 'would cut' : 'cut'} the addresses of ${counted(cut, 'row')} and ${when === 'would' ? 'delete' : 'deleted'} ${counted(observations, 'observation')}, ${counted(logins, 'login')}, ` +
    `${counted(heard, 'login that a policy heard of', 'logins that a policy heard of')}, ${counted(known, 'row of what it knows', 'rows of what it knows')}, ` +
    `${counted(counts, 'hourly count or server name', 'hourly counts and server names')}, ${counted(fingerprints, 'fingerprint')}`
  );
}
