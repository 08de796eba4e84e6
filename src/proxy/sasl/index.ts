/** SASL (RFC 4422) as a proxy in the middle has it: the client's half up to its name, and the backend's spelling. */
export { decodeBase64, decodeInitial, encodeBase64, encodeInitial, readResponse, type SaslResponse } from './base64.js';
export { SaslCollector, type SaslStep } from './collector.js';
export { userShown } from './first-message.js';
export { findMechanism, type Mechanism, offeredMechanisms, understoodMechanisms } from './mechanisms.js';
export { isName, nameText } from './name.js';
export { type PasswordSpelling, spellPassword } from './spelling.js';
