/** Ceilings for configuration files. They are the operator's own, so these catch a wrong file, not an attack. */

/** Bytes of a configuration file. A hundred listeners take 40 KB. */
export const MAX_CONFIG_BYTES = 256 * 1024;

/** Bytes of a table of users: as many names as a table may have (src/proxy/route), with 64 for each line. */
export const MAX_TABLE_BYTES = 64 * 1024 * 1024;

/** Bytes of a file with a secret and nothing else. */
export const MAX_SECRET_BYTES = 4096;

/** Times aliases may be resolved: an alias of aliases of aliases grows exponentially. */
export const MAX_ALIASES = 1000;

/** Characters of a value that a message shows. */
export const MAX_SHOWN = 40;

/** Errors that are looked up and listed. A file that is no configuration has as many as lines, and finding each place takes time. */
export const MAX_ERRORS = 100;
