/** Values tried for one hello against those known by their hash alone: 0.6 µs each, and no real client needs more than half. */
export const MAX_VARIANTS = 64;

/** Numbers in the lists of a hello that similar ones are looked for: real ones have up to 400, a hostile one 60,000, and each costs a map lookup. */
export const MAX_COMPARED_NUMBERS = 1024;

/** Rows of a calibration table: a rung or a range of its scores each. Ours has six. */
export const MAX_CALIBRATION_ROWS = 1000;
