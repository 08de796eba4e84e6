/** Characters of login_log_format_elements and of login_log_format: what a reader of such lines takes (MAX_TEMPLATE of src/login/read). */
export const MAX_FORMAT = 4_096;

/** Elements: as the reader looks at. */
export const MAX_FORMAT_ELEMENTS = 64;

/** Filters behind one variable: there are no eight that make sense together. */
export const MAX_FILTERS = 8;

/** Characters of a client's or a rule's name in a line. They come from lists and rules of the operator's, who may be mistaken. */
export const MAX_SHOWN_NAME = 128;

/** Digits of a user's keyed hash: 16 bytes of it, as the database keeps. */
export const USER_HASH_DIGITS = 32;

/** Characters of a session's name that do not yet tell the client's address: its clock and half of its port (six bytes and a half of two, base64). */
export const SESSION_WITHOUT_ADDRESS = 10;
