import { describe, expect, it } from 'vitest';
import { sessionId } from '../../../../src/proxy/listen/session-id.js';

describe('sessionId', () => {
  it('holds a clock, the port and the address, as that of Dovecot 2.3.19 does', () => {
    const at = Date.UTC(2026, 10, 22, 12);
    const bytes = Buffer.from(sessionId({ ip: '192.0.2.7', port: 40_993 }, at), 'base64');
    expect(bytes.length).toBe(12);
    // lib/time-util and login-common/client-common.c: 48 bits of microseconds, least significant first
    expect(bytes.readUIntLE(0, 6)).toBe(Number(BigInt.asUintN(48, BigInt(at) * 1000n)));
    expect(bytes.readUInt16LE(6)).toBe(40_993);
    expect([...bytes.subarray(8)]).toEqual([192, 0, 2, 7]);
  });

  it('holds all of an IPv6 address', () => {
    const id = sessionId({ ip: '2001:db8::7', port: 1 }, Date.UTC(2027, 0));
    expect(Buffer.from(id, 'base64').subarray(8).toString('hex')).toBe('20010db8000000000000000000000007');
    expect(id).toHaveLength(32);
  });

  it('is another one each time', () => {
    const ids = Array.from({ length: 1000 }, () => sessionId({ ip: '192.0.2.7', port: 1 }, 1_800_000_000_000));
    expect(new Set(ids).size).toBe(1000);
  });
});
