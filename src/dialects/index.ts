/** Conversations that turn to TLS: which one a connection speaks, and from which byte on it is TLS. */
export type { Dialect, Dialogue, DialogueStep, Opening, Side, Verdict } from './dialect.js';
export { DialogueFinder, type FoundStep, mayOpen, openDialogue } from './finder.js';
export * as dialectLimits from './limits.js';
export { dialects } from './registry.js';
