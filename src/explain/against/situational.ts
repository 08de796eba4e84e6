import { isSituational } from '../../recognize/index.js';

/**
 * Every choice of one or more among these extensions that come and go from hello to hello of one client (with the server's name, resumption, the length of all
 * the rest), the smaller ones first.
 */
export function situationalSubsets(types: readonly number[]): number[][] {
  const present = [...new Set(types)].filter(isSituational);
  const subsets: number[][] = [[]];
  for (const type of present) subsets.push(...subsets.map((subset) => [...subset, type]));
  return subsets.filter((subset) => subset.length > 0).sort((a, b) => a.length - b.length);
}
