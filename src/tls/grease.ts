/**
 * Is this 16-bit value one of the sixteen reserved by GREASE (RFC 8701 section 2): 0x0a0a, 0x1a1a … 0xfafa? Signalling suites (0x00ff, 0x5600) and
 * LibreSSL's 0xefef are not.
 */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 0xff);
}
