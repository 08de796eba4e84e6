import { describe, expect, test } from 'vitest';
import { openDialogue } from '../../../src/dialects/index.js';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('DialogueFinder', () => {
  test('consumes nothing until one dialect remains, then hands over from byte 0', () => {
    const finder = openDialogue();
    expect(finder.push('server', bytes('220 hello\r\n'))).toEqual({ consumed: 0, verdict: 'more', name: null });
    expect(finder.push('client', bytes('EHLO me\r\n'))).toEqual({ consumed: 0, verdict: 'wait', name: 'smtp' });
    expect(finder.push('server', bytes('220 hello\r\n'))).toEqual({ consumed: 11, verdict: 'more', name: 'smtp' });
    expect(finder.push('client', bytes('EHLO me\r\n'))).toEqual({ consumed: 9, verdict: 'more', name: 'smtp' });
  });

  test('what is pipelined behind STARTTLS waits, whatever it is, until the server has answered', () => {
    const finder = openDialogue();
    finder.push('server', bytes('* OK ready\r\n'));
    expect(finder.push('client', bytes('1 STARTTLS\r\n2 NOOP\r\n'))).toEqual({
      consumed: 12,
      verdict: 'wait',
      name: 'imap',
    });
    expect(finder.push('client', bytes('2 NOOP\r\n3 NOOP\r\n'))).toEqual({
      consumed: 0,
      verdict: 'wait',
      name: 'imap',
    });
    expect(finder.push('server', bytes('1 OK go\r\n\x16\x03'))).toEqual({ consumed: 9, verdict: 'tls', name: 'imap' });
  });

  test('a verdict once given is given again, and consumes nothing', () => {
    const finder = openDialogue();
    finder.push('server', bytes('* PREAUTH hello\r\n'));
    expect(finder.push('client', bytes('1 STARTTLS\r\n'))).toEqual({ consumed: 0, verdict: 'ended', name: 'imap' });
    expect(finder.push('server', bytes('1 OK\r\n'))).toEqual({ consumed: 0, verdict: 'ended', name: 'imap' });
    const refused = openDialogue();
    refused.push('client', bytes('\x16\x03\x01'));
    expect(refused.push('server', bytes('* OK ready\r\n')).verdict).toBe('unknown');
  });

  test('no bytes are no news', () => {
    const finder = openDialogue();
    expect(finder.push('client', bytes(''))).toEqual({ consumed: 0, verdict: 'more', name: null });
    expect(finder.push('server', bytes('+OK\r\n'))).toEqual({ consumed: 5, verdict: 'more', name: 'pop3' });
    expect(finder.push('server', bytes(''))).toEqual({ consumed: 0, verdict: 'more', name: 'pop3' });
  });

  // A client set to implicit TLS at a server that is not: 673f584fd936-smtperr.pcap of suricata-verify, port 465.
  test.each([
    '220 v02.kerne.org ESMTP Postfix\r\n',
    '* OK ready\r\n',
    '+OK ready\r\n',
    '220 FTP\r\n',
    '"SIEVE" ""\r\nOK\r\n',
  ])('a hello where the server greets in clear (%j) is none of its commands', (greeting) => {
    const finder = openDialogue();
    expect(finder.push('server', bytes(greeting)).verdict).toBe('more');
    expect(finder.push('client', bytes('\x16'))).toMatchObject({ consumed: 0, verdict: 'unknown' });
  });
});
