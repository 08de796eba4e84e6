/** Ceilings for files of certificates and keys. */

/** Bytes of one file. A certificate takes 2 KB; the bundle of all public authorities 250 KB. */
export const MAX_FILE_BYTES = 1024 * 1024;

/** Certificates of one chain. Public chains have two to four; every one is sent to every client, and clients refuse more than ten or so. */
export const MAX_CHAIN = 16;
