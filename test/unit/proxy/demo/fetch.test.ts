import { describe, expect, it } from 'vitest';
import { inMailbox, Talk } from './talk.js';

describe('FETCH (RFC 9051 section 6.4.5)', () => {
  it('gives the whole letter, its header and its text', () => {
    const talk = inMailbox();
    const whole = talk.literal('FETCH 1 BODY[]');
    const header = talk.literal('FETCH 1 BODY[HEADER]');
    const text = talk.literal('FETCH 1 BODY[TEXT]');
    expect(header + text).toBe(whole);
    expect(header).toMatch(/\r\n\r\n$/);
    for (const item of ['RFC822', 'BODY.PEEK[]']) expect(talk.literal(`FETCH 1 ${item}`)).toBe(whole);
    expect(talk.literal('FETCH 1 RFC822.HEADER')).toBe(header);
    for (const item of ['RFC822.TEXT', 'BODY[1]']) expect(talk.literal(`FETCH 1 ${item}`)).toBe(text);
    expect(talk.says('FETCH 1 RFC822.SIZE')).toContain(`(RFC822.SIZE ${whole.length})`);
    // RFC 5322 section 2.1.1, and no octet that needs an encoding.
    expect(whole).toMatch(/^(?:[\x20-\x7e]{0,998}\r\n)*$/);
  });

  it('tells what the proxy told', () => {
    const whole = inMailbox().literal('FETCH 1 BODY[]');
    expect(whole).toMatch(/^Date: Sun, 22 Nov 2026 11:33:20 \+0000\r$/m);
    expect(whole).toMatch(/^Subject: .*mutt 2\.2\.12.*\r$/m);
    expect(whole).toMatch(/program +mutt 2\.2\.12 \[ja3\]\r\n +ja3_hash +f35ce21b44ac0b87d3266294bb1b0e20\r\n/);
    expect(whole).toContain('192.0.2.1');
    expect(whole).toContain('imap.example.org');
    expect(whole).toMatch(/calls itself [\s\S]*name +Mutt/);
  });

  it('shows no control character and no endless line of what it was told', () => {
    const talk = new Talk();
    talk.says(`ID ("x-forward-client" {3000+}\r\n\x1b[31m\xff${'x'.repeat(2994)})`);
    talk.says('LOGIN demo demo');
    talk.says('SELECT INBOX');
    expect(talk.literal('FETCH 1 BODY[]')).toMatch(/^(?:[\x20-\x7e]{0,998}\r\n)*$/);
  });

  it.each([
    ['HEADER.FIELDS (to from)', 'From: ja3-sensor <ja3-sensor@localhost>\r\nTo: demo@localhost\r\n\r\n'],
    ['HEADER.FIELDS ("TO")', 'To: demo@localhost\r\n\r\n'],
    ['HEADER.FIELDS (Received)', '\r\n'],
    [
      'HEADER.FIELDS.NOT (Date From To Subject Message-ID)',
      'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n',
    ],
    [
      '1.MIME',
      'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n',
    ],
  ])('gives BODY[%s]', (section, expected) => {
    const talk = inMailbox();
    expect(talk.literal(`FETCH 1 BODY.PEEK[${section}]`)).toBe(expected);
    // RFC 9051 section 7.5.2: the answer names the section, and never PEEK.
    expect(talk.says(`FETCH 1 (BODY.PEEK[${section}])`)).toContain(`(BODY[${section.toUpperCase()}] {`);
  });

  it('gives a part of it, which may lie behind its end', () => {
    const talk = inMailbox();
    const whole = talk.literal('FETCH 1 BODY.PEEK[]');
    expect(talk.says('FETCH 1 BODY.PEEK[]<0.4>')).toBe('* 1 FETCH (BODY[]<0> {4}\r\nDate)\r\nOK Fetch completed.\r\n');
    expect(talk.literal('FETCH 1 BODY.PEEK[]<5.99999>')).toBe(whole.slice(5));
    expect(talk.says('FETCH 1 BODY.PEEK[]<99999.10>')).toContain('BODY[]<99999> {0}\r\n)');
  });

  it('gives INTERNALDATE, ENVELOPE and BODYSTRUCTURE in their forms', () => {
    const talk = inMailbox();
    const text = talk.literal('FETCH 1 BODY.PEEK[TEXT]');
    const structure = `"TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" ${text.length} ${text.split('\n').length - 1}`;
    expect(talk.says('FETCH 1 FULL')).toMatch(
      /^\* 1 FETCH \(FLAGS \(\) INTERNALDATE "22-Nov-2026 11:33:20 \+0000" RFC822\.SIZE \d+ ENVELOPE \(/,
    );
    expect(talk.says('FETCH 1 FULL')).toContain(`BODY (${structure}))\r\n`);
    expect(talk.says('FETCH 1 BODYSTRUCTURE')).toContain(`(BODYSTRUCTURE (${structure} NIL NIL NIL NIL))\r\n`);
    const from = '(("ja3-sensor" NIL "ja3-sensor" "localhost"))';
    expect(talk.says('FETCH 1 ENVELOPE')).toContain(
      `does" ${from} ${from} ${from} ((NIL NIL "demo" "localhost")) NIL NIL NIL "<`,
    );
  });

  it('has the UID in every answer to UID FETCH, once', () => {
    const talk = inMailbox();
    expect(talk.says('UID FETCH 1 FLAGS')).toBe('* 1 FETCH (UID 1 FLAGS ())\r\nOK Fetch completed.\r\n');
    expect(talk.says('uid fetch 1:* (flags uid)')).toBe('* 1 FETCH (FLAGS () UID 1)\r\nOK Fetch completed.\r\n');
    expect(talk.says('UID FETCH 2:4 FLAGS')).toBe('OK Fetch completed.\r\n');
  });

  it('says NIL for parts that are not there', () => {
    expect(inMailbox().says('FETCH 1 (BODY[2] BODY[1.1.MIME])')).toContain('BODY[2] NIL BODY[1.1.MIME] NIL');
  });

  it.each([
    ['1', true],
    ['*', true],
    ['1:*', true],
    ['5:*', true],
    ['3,1', true],
    ['2', false],
    ['0', false],
    ['1:', false],
    ['', false],
    ['1 2', false],
    ['a', false],
  ])('takes the set %j: %j', (set, found) => {
    expect(inMailbox().says(`FETCH ${set} FLAGS`)).toMatch(found ? /^\* 1 FETCH .*\r\nOK / : /^BAD /);
  });

  it.each([
    '',
    '()',
    'FLAGS UID',
    '(FLAGS)x',
    '(FLAGS,UID)',
    '(ALL)',
    'XYZZY',
    'BODY[',
    'BODY[HEADER.FIELDS]',
    'BODY[HEADER.FIELDS ()]',
    'BODY[HEADER.FIELDS (\xdf)]',
    'BODY[MIME]',
    'BODY[0]',
    'BODY[]<0>',
    'BODY[]<0.0>',
    'BODY[]FLAGS',
    `(${'BODY[] '.repeat(32)}BODY[])`,
  ])('refuses to give %j', (items) => {
    expect(inMailbox().says(`FETCH 1 ${items}`)).toMatch(/^BAD /);
  });
});

describe('SEARCH (RFC 9051 section 6.4.4)', () => {
  it.each([
    ['ALL', true],
    ['UNSEEN', true],
    ['SEEN', false],
    ['NOT SEEN', true],
    ['NOT NOT SEEN', false],
    ['1:*', true],
    ['UID 1:5 UNSEEN', true],
    ['UID 2', false],
    ['OLD UNDELETED', true],
    ['NEW', false],
    ['CHARSET UTF-8 ALL', true],
  ])('%s: %j', (criteria, found) => {
    const talk = inMailbox();
    const expected = `* SEARCH${found ? ' 1' : ''}\r\nOK Search completed.\r\n`;
    expect(talk.says(`SEARCH ${criteria}`)).toBe(expected);
    expect(talk.says(`UID SEARCH ${criteria}`)).toBe(expected);
  });

  it.each(['', 'FROM demo', 'NOT', 'UID', 'SEEN SUBJECT "x"', 'OR (SEEN) (UNSEEN)', 'CHARSET UTF-8'])(
    'says that it does not search for %j',
    (criteria) => {
      expect(inMailbox().says(`SEARCH ${criteria}`)).toMatch(/^NO /);
    },
  );
});
