/**
 * Fingerprints a summary keeps apart. A sender can invent a new one with every connection; real traffic has some thousands. What comes after is
 * counted in one group of its own.
 */
export const SUMMARY_FINGERPRINTS = 65_536;

/** Server names, and likewise ports and STARTTLS words, that one group lists. A scanner asks for any number of names; the rest is counted. */
export const SUMMARY_VALUES = 64;

/** User names and addresses that a summary of logins tells apart, in all its groups together: about 100 bytes each. What comes after is "or more". */
export const SUMMARY_USERS = 1_000_000;
