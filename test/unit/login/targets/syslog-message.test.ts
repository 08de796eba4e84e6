import { describe, expect, it } from 'vitest';
import { syslogMessage } from '../../../../src/login/targets/syslog-message.js';

const source = { hostname: 'mail.example.org', program: 'dovecot', pid: 99 };
const time = { seconds: 1_065_910_455, nanoseconds: 3_000_000, digits: 3 };

describe('messages of RFC 5424', () => {
  it('have the header of its examples', () => {
    // Section 6.5, example 1: facility and severity are others (there 4 and 2, here mail and informational: 2 * 8 + 6).
    expect(syslogMessage(source, time, 'imap-login: Login: user=<u\u00e4>').toString('utf8')).toBe(
      '<22>1 2003-10-11T22:14:15.003Z mail.example.org dovecot 99 - - imap-login: Login: user=<u\u00e4>',
    );
  });

  it('have six digits of a second at most (section 6.2.3.1)', () => {
    const exact = { ...time, nanoseconds: 123_456_789, digits: 9 };
    expect(syslogMessage(source, exact, 'x').toString()).toContain(' 2003-10-11T22:14:15.123456Z ');
  });

  it('have a dash for a name that has nothing printable, and no space in one', () => {
    const odd = { hostname: 'my host', program: '\u00e4', pid: 1 };
    expect(syslogMessage(odd, time, 'x').toString()).toBe('<22>1 2003-10-11T22:14:15.003Z myhost - 1 - - x');
  });

  it.each([0, 1, 2, 3])('are cut at 8,192 bytes, between two characters (%i)', (shift) => {
    const message = syslogMessage(source, time, `${'x'.repeat(shift)}${'\u20ac'.repeat(4_000)}`);
    expect(message.length).toBeGreaterThan(8_189);
    expect(message.length).toBeLessThanOrEqual(8_192);
    expect(message.toString('utf8')).not.toContain('\ufffd');
  });
});
