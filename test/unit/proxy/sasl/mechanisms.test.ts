import { describe, expect, it } from 'vitest';
import { findMechanism, offeredMechanisms, understoodMechanisms } from '../../../../src/proxy/sasl/index.js';

const all = [...understoodMechanisms];

describe('mechanisms that are offered', () => {
  it('are those configured, in that order, that are understood', () => {
    expect(
      offeredMechanisms(['login', 'GSSAPI', 'PLAIN', 'EXTERNAL', 'LOGIN'], ['PLAIN', 'LOGIN', 'GSSAPI'], true),
    ).toEqual(['LOGIN', 'PLAIN']);
  });

  it('are those the backend has', () => {
    expect(offeredMechanisms(all, ['PLAIN', 'XOAUTH2'], true)).toEqual(['PLAIN', 'LOGIN', 'XOAUTH2']);
    expect(offeredMechanisms(all, ['GSSAPI'], true)).toEqual([]);
  });

  it('have PLAIN and LOGIN where the backend has either', () => {
    expect(offeredMechanisms(all, ['LOGIN'], false)).toEqual(['PLAIN', 'LOGIN']);
  });

  it('have no SCRAM where the backend link has channel binding, and never a -PLUS', () => {
    const backend = ['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256'];
    expect(offeredMechanisms(all, backend, true)).toContain('SCRAM-SHA-1');
    expect(offeredMechanisms(all, [...backend, 'SCRAM-SHA-256-PLUS'], true)).toEqual(['PLAIN', 'LOGIN']);
    expect(offeredMechanisms(['SCRAM-SHA-256-PLUS'], ['SCRAM-SHA-256-PLUS'], true)).toEqual([]);
  });

  it('have CRAM-MD5 with a static route only', () => {
    expect(offeredMechanisms(['CRAM-MD5'], ['CRAM-MD5'], true)).toEqual(['CRAM-MD5']);
    expect(offeredMechanisms(['CRAM-MD5'], ['CRAM-MD5'], false)).toEqual([]);
  });

  it('are those that cannot be wrong, while no backend has spoken', () => {
    expect(offeredMechanisms(all, null, true)).toEqual(['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER']);
  });

  it('are found in any case', () => {
    expect(findMechanism('Scram-Sha-256')).toBe('SCRAM-SHA-256');
    expect(findMechanism('ANONYMOUS')).toBeNull();
  });
});
