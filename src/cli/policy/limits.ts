/** Different fingerprints, as they were told, that are remembered with what they say of the client. Whoever logs in can make up any number; the longest unasked goes first. About 1 KiB each. */
export const REMEMBERED_FINGERPRINTS = 8_192;

/** Recorded fingerprints looked at for one value. They tell of one client, or else the value tells of none. */
export const FITTING_FINGERPRINTS = 20;

/** Logins that are shown of those a rule would have hit: enough to see whose they are. */
export const FIRST_AFFECTED = 5;

/** Logins replayed between two looks at the keyboard and the bar: a few milliseconds. */
export const REPLAYED_AT_ONCE = 500;

/** Verdict lines that are not written again for the second question about their login, which comes when the password was tried: seconds later. */
export const REMEMBERED_LINES = 4_096;

/** Milliseconds that requests on their way have at the end: Dovecot gives up after 2 s. */
export const CLOSE_GRACE = 2_000;
