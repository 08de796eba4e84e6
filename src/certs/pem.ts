/** A part of a PEM file, `-----BEGIN label-----` to `-----END label-----` (RFC 7468 section 2). */
export interface PemBlock {
  readonly label: string;
  /** With both of its lines. */
  readonly text: string;
  /** Where it begins, in characters. */
  readonly offset: number;
}

const block = /^-----BEGIN ([A-Z0-9 ]{1,64})-----[ \t]*\r?\n(?:(?!-----)[^\n]*\n)*-----END \1-----[ \t]*$/gm;

/** The parts of a PEM file in their order. Text between them is for people, and passed over (RFC 7468 section 5.2). */
export function pemBlocks(text: string): PemBlock[] {
  return [...text.matchAll(block)].map((match) => ({
    label: match[1]!,
    text: `${match[0].replaceAll('\r', '').trimEnd()}\n`,
    offset: match.index,
  }));
}

/** RFC 7468 section 5.1, and OpenSSL's two older labels. */
export const isCertificate = ({ label }: PemBlock): boolean =>
  label === 'CERTIFICATE' || label === 'X509 CERTIFICATE' || label === 'TRUSTED CERTIFICATE';

/** `PRIVATE KEY` (RFC 7468 section 10), `RSA PRIVATE KEY`, `EC PRIVATE KEY`, `ENCRYPTED PRIVATE KEY`. */
export const isPrivateKey = ({ label }: PemBlock): boolean => /(?:^| )PRIVATE KEY$/.test(label);

/** By its label (RFC 7468 section 11), or by OpenSSL's older way, a header inside (RFC 1421 section 4.6.1.1). */
export const isEncrypted = ({ label, text }: PemBlock): boolean =>
  label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type:.*ENCRYPTED/m.test(text);
