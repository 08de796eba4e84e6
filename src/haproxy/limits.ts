/** The whole line of version 1, CR LF included: its longest form (PROXY protocol section 2.1). */
export const MAX_V1_LINE = 107;

/**
 * What the length field of version 2 may announce. Addresses take 216 at most; the rest is TLVs, of which a client's certificate name, a unique id of
 * 128 and a host name of 255 are the longest registered. The field itself could say 65,535.
 */
export const MAX_V2_LENGTH = 4096;

/** TLVs in one header, those inside the SSL TLV counted apart: twice as many as there are types. */
export const MAX_TLVS = 64;
