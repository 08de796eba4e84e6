/** Ceilings of what a client hands in by SASL. The line that carries it has met `DialogueLimits.maxLine` before. */

/**
 * Characters of base64 in one message: RFC 4954 section 4 has servers take 12,288 octets in a line of an exchange. Passwords need a hundredth of it; OAuth tokens
 * with many claims reach 8,000.
 */
export const MAX_SASL_BASE64 = 12_288;

/** Octets of a user name, or of the name to act as: RFC 4616 section 2 has receivers take 255; this is that in UTF-8 of four octets each. */
export const MAX_SASL_NAME = 1020;
