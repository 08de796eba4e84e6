/** Ceilings of what a ManageSieve backend may say before the login is done. A client's are in `DialogueLimits`. Octets. */

/** A line or response with its literals: a SASL challenge of 12,288 characters of base64, and the little that stands around it. */
export const MAX_RESPONSE = 12_544;

/** Capabilities of one greeting: RFC 5804 section 6.1 registers a dozen. */
export const MAX_CAPABILITIES = 64;

/** Octets of all capabilities together: Pigeonhole's have some 500. */
export const MAX_CAPABILITY_OCTETS = 16_384;

/** Octets of a quoted string (RFC 5804 section 4, quoted); longer ones are literals. */
export const MAX_QUOTED = 1024;

/** Characters of a text for people, and of a log's. */
export const MAX_TEXT = 400;
