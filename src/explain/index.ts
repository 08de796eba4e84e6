/** One hello, field by field, and how its fingerprints come about. Data first; text and JSON are made of it. */
export { isFingerprintHash } from './against/index.js';
export { type ExplainHelloOptions, type ExplainOptions, explainHello, explainJa3String } from './explain.js';
export { listsText } from './hello-text.js';
export { type FoundHello, type FoundHellos, findHellos } from './hellos.js';
export { bytesOfText, looksLikeHex } from './hex.js';
export { explanationJson } from './json.js';
export { MAX_HELLOS, MAX_TEXT } from './limits.js';
export { entry, plural, wrapped } from './look.js';
export { differencesText } from './recognition-text.js';
export { explanationText, type Look } from './text.js';
export type * from './types.js';
