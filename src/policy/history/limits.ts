/** Ceilings of the history, and its clockwork. What a site may choose is in `HistoryLimits`. */

/**
 * Parts of a window that are counted apart. A count covers the window and up to one part more: it never misses what is in the window, and counts what is up to a thirtieth older. More parts
 * would cost memory for each key (4 bytes a part), fewer would make the window's end vague.
 */
export const PARTS = 30;

/** Milliseconds by which a login may be behind the newest one of its key, as several servers' clocks are, and still count. What is further behind tells that the newest one's clock was wrong. */
export const MAX_LAG = 3_600_000;

/** Of what was longest not seen, how much each login looks at, to forget it if its time is over: two, so that more is freed than one login can add. */
export const SWEPT = 2;

/** Users that the keys of one counter may remember in all, for each key it may have: with 50,000 keys half a million, some 50 MB where all is used. */
export const USERS_PER_KEY = 10;

/**
 * Of a full table, the part that is left to keys which have not proven themselves (a device that never succeeded, a key that was not watched for long enough). Whoever fails with 100,000 hellos
 * of its own making gets this much, and what is known of everybody else stays.
 */
export const SHARE_OF_NEW = 1 / 4;

/**
 * While what was kept is read, how many times as many keys there may be as are remembered: the database has all of the last months, and whoever failed with ten million hellos of its own making
 * must not keep a server from starting.
 */
export const READ_AT_ONCE = 2;

/** Rows of what is usual that are read before they are put in order: one counter's may be millions. */
export const RESTORED_AT_ONCE = 100_000;

/** Keys of one counter, begun or reset within its window, of which the time is known while logins are read. Of more what was reset would count again until the window is over. */
export const MAX_RESET = 1_000_000;

/** Rows of changes of each kind handed out at once, if nobody says otherwise. */
export const CHANGES_AT_ONCE = 500;

/** Seconds a key is watched before something is said to be usual of it: a week has every hour of the day, and every day of the week, once. */
export const WATCHED = 7 * 86_400;

/** Windows it is watched at least: of long windows a week has too few. */
export const WATCHED_WINDOWS = 3;

/** Seconds for which what was reached stays usual: a week and a day, so that what happens every Monday stays so. */
export const HOLD = 8 * 86_400;

/** Seconds after that in which what is usual halves: where a client's users have left, its place is not kept for an attack for long. */
export const HALF_LIFE = 7 * 86_400;

/** Seconds in which what is usual can double at most. Four times the usual is usual eight days later, and until then an attack is told of. */
export const DOUBLING = 4 * 86_400;

/** The longest time, in seconds, that growth is saved up for: what happens once a day can grow as fast as what happens all day, and a quiet month allows an attack no more than a quiet day. */
export const SAVED_UP = 86_400;

/** Growth begins here: one is no attack, and doubling nothing would lead nowhere. */
export const FIRST_GROWTH = 1;

/** A time that a row can have: seconds in 32 bits, to the year 2106. */
export const MAX_SECONDS = 0xffff_ffff;
