/** What secrets look like, whether they stand in the policy file or in one of their own. */
export const secretForms = {
  /** Basic splits at the first colon (RFC 7617 section 2). */
  password: {
    pattern: /^[\x21-\x39\x3b-\x7e]{1,256}$/,
    words: 'a password of printable ASCII without colon and space',
  },
  /** The value of a header, which HTTP takes spaces off (RFC 9110 section 5.5). */
  api_key: { pattern: /^[\x21-\x7e]{1,256}$/, words: 'a key of printable ASCII without spaces' },
} as const;
