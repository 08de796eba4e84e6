/** Ceilings of what rules look at. */

/** Characters of a user's name that is compared with patterns: RFC 5321 section 4.5.3.1 gives a path 256 octets. A longer name fits no pattern. */
export const MAX_USER = 256;

/** Characters of a server's name: RFC 1035 section 2.3.4 has 255 octets. */
export const MAX_SNI = 255;

/** Characters of the name in an IMAP ID (RFC 2971 section 3.3 allows 1024 octets for a value; no program's name is that long). */
export const MAX_CLIENT_NAME = 256;

/** Characters of what evidence shows: it is stored with every login. */
export const MAX_FOUND = 128;
