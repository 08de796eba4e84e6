/** ContentType, RFC 5246 section 6.2.1 and RFC 8446 section 5.1. */
export const ContentType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** type, legacy_record_version, length. */
export const RECORD_HEADER_BYTES = 5;

/** legacy_record_version is 3.x in every SSL 3.0 to TLS 1.3 record; the minor number must be ignored (RFC 8446 section 5.1). */
export const RECORD_MAJOR_VERSION = 3;

export function isContentType(type: number): boolean {
  return type >= ContentType.changeCipherSpec && type <= ContentType.applicationData;
}
