import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** Tags of DER (ITU-T X.690) as certificates use them. */
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OID = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
/** Context tags: of a certificate's version and extensions (RFC 5280 section 4.1), and of a name (4.2.1.6). */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;

const COMMON_NAME = Uint8Array.of(0x55, 0x04, 0x03);
const SUBJECT_ALT_NAME = Uint8Array.of(0x55, 0x1d, 0x11);
/** ecdsa-with-SHA256 (RFC 5758 section 3.2). */
const ECDSA_SHA256 = Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);

const DAY = 86_400_000;

/** A new P-256 key, and a certificate for one host name that it signs itself (RFC 5280): for a demonstration, not for anybody's trust. */
export function selfSignedCertificate(name: string, days: number): { readonly chain: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(SEQUENCE, der(OID, ECDSA_SHA256));
  const subject = der(SEQUENCE, der(SET, der(SEQUENCE, der(OID, COMMON_NAME), der(UTF8_STRING, Buffer.from(name)))));
  const now = Date.now();
  const alternative = der(OCTET_STRING, der(SEQUENCE, der(DNS_NAME, Buffer.from(name))));
  const certified = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Uint8Array.of(2))),
    der(INTEGER, serialNumber()),
    algorithm,
    subject,
    // From yesterday on, as clocks differ.
    der(SEQUENCE, utcTime(now - DAY), utcTime(now + days * DAY)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(EXTENSIONS, der(SEQUENCE, der(SEQUENCE, der(OID, SUBJECT_ALT_NAME), alternative))),
  );
  const signature = sign('sha256', certified, privateKey);
  const certificate = der(SEQUENCE, certified, algorithm, der(BIT_STRING, Uint8Array.of(0), signature));
  return { chain: pem(certificate), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

/** A type, a length and what is inside (X.690 section 8.1). */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const header =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.from(header), content]);
}

/** Positive, and with no leading zeros (X.690 section 8.3.2). */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes;
}

/** `YYMMDDHHMMSSZ` (RFC 5280 section 4.1.2.5.1), good until 2049. */
function utcTime(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(UTC_TIME, Buffer.from(`${digits}Z`));
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
