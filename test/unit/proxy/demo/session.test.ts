import { describe, expect, it } from 'vitest';
import { Letters } from '../../../../src/proxy/demo/letters.js';
import { DemoSession } from '../../../../src/proxy/demo/session.js';
import { fromLatin1, latin1 } from '../../../../src/proxy/lines.js';
import { everyDelivery, throughReusedBuffer } from '../../../harness/every-cut.js';
import { inMailbox, loggedIn, MOMENT, PROXY_ID, Talk, VALIDITY } from './talk.js';

describe('the login', () => {
  it('takes demo with its password, by LOGIN and by AUTHENTICATE PLAIN (RFC 4616)', () => {
    expect(new Talk().greeting).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 [^\]]*\bAUTH=PLAIN\b[^\]]*\]/);
    expect(new Talk().says('LOGIN demo demo')).toMatch(/^OK \[CAPABILITY IMAP4rev1 /);
    expect(new Talk().says('LOGIN "demo" {4+}\r\ndemo')).toMatch(/^OK /);
    const plain = Buffer.from('\0demo\0demo').toString('base64');
    expect(new Talk().says(`AUTHENTICATE PLAIN ${plain}`)).toMatch(/^OK /);
  });

  it.each([
    'LOGIN demo Demo',
    'LOGIN Demo demo',
    'LOGIN demo ""',
    'LOGIN root demo',
    `AUTHENTICATE PLAIN ${Buffer.from('root\0demo\0demo').toString('base64')}`,
  ])('refuses %s with the code of RFC 5530, and goes on', (command) => {
    const talk = new Talk();
    expect(talk.says(command)).toMatch(/^NO \[AUTHENTICATIONFAILED\] /);
    expect(talk.says('LOGIN demo demo')).toMatch(/^OK /);
  });

  it('knows no mailbox before it', () => {
    expect(new Talk().says('SELECT INBOX')).toMatch(/^BAD /);
  });

  it('answers what came ahead behind it', () => {
    const said = new Talk().raw('a LOGIN demo demo\r\nb SELECT inbox\r\nc FETCH 1 FLAGS\r\nd LOGOUT\r\ne NOOP\r\n');
    expect(said.match(/^[a-e] .*?(?= )/gm)).toEqual(['a OK', 'b OK', 'c OK', 'd OK']);
    expect(said).toMatch(/^\* BYE /m);
  });
});

describe('a session', () => {
  it('says the same however the bytes come', () => {
    const script = fromLatin1(
      `a ${PROXY_ID}\r\nb LOGIN {4}\r\ndemo {4+}\r\ndemo\r\nc SELECT {5}\r\nINBOX\r\nd UID FETCH 1 (FLAGS BODY.PEEK[]<0.20>)\r\ne IDLE\r\nDONE\r\nf LOGOUT\r\n`,
    );
    const all = new Set<string>();
    for (const delivery of everyDelivery(script)) {
      const session = new DemoSession(new Letters(), () => MOMENT);
      let said = latin1(session.greet());
      throughReusedBuffer(delivery, (bytes) => {
        said += latin1(session.push(bytes));
      });
      expect(session.over, delivery.name).toBe(true);
      all.add(said);
    }
    expect(all.size).toBe(1);
    expect([...all][0]!.match(/^[a-f] OK/gm)).toHaveLength(6);
  });

  it('idles until DONE (RFC 2177)', () => {
    const talk = loggedIn();
    expect(talk.raw('i IDLE\r\n')).toMatch(/^\+ /);
    expect(talk.raw('done\r\nn NOOP\r\n')).toMatch(/^i OK .*\r\nn OK .*\r\n$/);
    talk.raw('i IDLE\r\n');
    expect(talk.raw('x NOOP\r\n')).toMatch(/^i BAD /);
  });

  it.each([
    ['CAPABILITY', /^\* CAPABILITY IMAP4rev1 .*\r\nOK /],
    ['ID ("name" "Thunderbird")', /^\* ID \("name" "[^"]+"\)\r\nOK /],
    ['ID NIL', /^\* ID \(/],
    ['NAMESPACE', /^\* NAMESPACE \(\("" "\/"\)\) NIL NIL\r\nOK /],
    ['LIST "" ""', /^\* LIST \(\\Noselect\) "\/" ""\r\nOK /],
    ['LIST "" *', /^\* LIST \(.*\) "\/" INBOX\r\nOK /],
    ['LSUB "" "%"', /^\* LSUB \(.*\) "\/" INBOX\r\nOK /],
    ['LIST "" Sent', /^OK /],
    ['LIST INBOX', /^BAD /],
    ['STATUS INBOX (MESSAGES UIDNEXT UNSEEN)', /^\* STATUS INBOX \(MESSAGES 1 UIDNEXT 2 UNSEEN 1\)\r\nOK /],
    ['STATUS INBOX (SIZES)', /^BAD /],
    ['STATUS INBOX', /^BAD /],
    ['STATUS Sent (MESSAGES)', /^NO /],
    ['SELECT Sent', /^NO \[NONEXISTENT\]/],
    ['SELECT', /^BAD /],
    ['SUBSCRIBE INBOX', /^OK /],
    ['CREATE Sent', /^NO /],
    ['APPEND INBOX {3+}\r\nabc', /^NO /],
    ['FETCH 1 FLAGS', /^BAD No mailbox is selected/],
    ['UID FETCH 1 FLAGS', /^BAD No mailbox is selected/],
    ['UID', /^BAD /],
    ['UID EXPUNGE 1', /^BAD /],
    ['STARTTLS', /^BAD /],
    ['LOGIN demo demo', /^BAD /],
    ['XYZZY', /^BAD /],
  ])('answers %s', (command, expected) => {
    expect(loggedIn().says(command)).toMatch(expected);
  });

  it('opens INBOX with all that RFC 3501 section 6.3.1 requires', () => {
    const said = loggedIn().says('SELECT iNbOx');
    for (const line of [
      /^\* FLAGS \(\\Seen \\Answered \\Flagged \\Draft\)\r$/m,
      /^\* OK \[PERMANENTFLAGS \(\)\]/m,
      /^\* 1 EXISTS\r$/m,
      /^\* 0 RECENT\r$/m,
      /^\* OK \[UNSEEN 1\]/m,
      new RegExp(`^\\* OK \\[UIDVALIDITY ${VALIDITY}\\]`, 'm'),
      /^\* OK \[UIDNEXT 2\]/m,
      /^OK \[READ-WRITE\]/m,
    ]) {
      expect(said).toMatch(line);
    }
    expect(loggedIn().says('EXAMINE INBOX')).toMatch(/^OK \[READ-ONLY\]/m);
  });

  it.each(['CLOSE', 'UNSELECT', 'SELECT Sent'])('has no mailbox open after %s', (command) => {
    const talk = inMailbox();
    talk.says(command);
    expect(talk.says('FETCH 1 FLAGS')).toMatch(/^BAD /);
  });

  it('ends a command that is too long, or announces what would make it so', () => {
    for (const sent of [`t SELECT ${'x'.repeat(9000)}`, 't APPEND INBOX {9000}\r\n', 't APPEND INBOX {9000+}\r\n']) {
      const talk = loggedIn();
      expect(talk.raw(sent)).toMatch(/^\* BYE /);
      expect(talk.session.over).toBe(true);
      expect(talk.raw('n NOOP\r\n')).toBe('');
    }
    const idling = loggedIn();
    idling.raw('i IDLE\r\n');
    expect(idling.raw('x'.repeat(9000))).toMatch(/^\* BYE /);
  });
});

describe('flags', () => {
  it('are set, taken away and replaced for the session (RFC 9051 section 6.4.6)', () => {
    const talk = inMailbox();
    expect(talk.says('STORE 1 +FLAGS (\\Seen \\Flagged)')).toMatch(/^\* 1 FETCH \(FLAGS \(\\Seen \\Flagged\)\)\r\nOK /);
    expect(talk.says('STORE 1 -FLAGS \\seen')).toMatch(/^\* 1 FETCH \(FLAGS \(\\Flagged\)\)/);
    expect(talk.says('UID STORE 1 FLAGS (\\Answered)')).toMatch(/^\* 1 FETCH \(UID 1 FLAGS \(\\Answered\)\)/);
    expect(talk.says('STORE 1 FLAGS.SILENT ()')).toMatch(/^OK /);
    expect(talk.says('FETCH 1 FLAGS')).toMatch(/^\* 1 FETCH \(FLAGS \(\)\)/);
    expect(talk.says('STORE 1 FLAGS (\\Seen) x (')).toMatch(/^BAD /);
    expect(talk.says('STORE 1 FLAGS')).toMatch(/^BAD /);
    expect(talk.says('STORE 2 FLAGS (\\Seen)')).toMatch(/^BAD /);
    expect(talk.says('UID STORE 2 FLAGS (\\Seen)')).toMatch(/^OK /);
  });

  it('cannot delete the letter', () => {
    const talk = inMailbox();
    expect(talk.says('STORE 1 +FLAGS (\\Deleted)')).toMatch(/^\* 1 FETCH \(FLAGS \(\)\)\r\nOK /);
    expect(talk.says('EXPUNGE')).toMatch(/^OK /);
    expect(talk.says('STATUS INBOX (MESSAGES)')).toContain('MESSAGES 1');
  });

  it('cannot be changed where the mailbox was opened by EXAMINE', () => {
    const talk = loggedIn();
    talk.says('EXAMINE INBOX');
    expect(talk.says('STORE 1 +FLAGS (\\Seen)')).toMatch(/^NO /);
    talk.says('FETCH 1 BODY[]');
    expect(talk.says('SEARCH SEEN')).toMatch(/^\* SEARCH\r\n/);
  });

  it('say \\Seen once the letter was read, and not where it was only looked at', () => {
    const talk = inMailbox();
    talk.says('FETCH 1 (BODY.PEEK[] RFC822.HEADER)');
    expect(talk.says('SEARCH UNSEEN')).toMatch(/^\* SEARCH 1\r\n/);
    expect(talk.says('UID FETCH 1 RFC822.TEXT')).toMatch(/ FLAGS \(\\Seen\)\)\r\nOK /);
    expect(talk.says('SEARCH UNSEEN')).toMatch(/^\* SEARCH\r\n/);
    expect(talk.says('STATUS INBOX (UNSEEN)')).toContain('UNSEEN 0');
  });
});

describe('letters', () => {
  it('are the same for a program that comes again, and another mailbox for another program', () => {
    const letters = new Letters();
    const [first, second] = [loggedIn(letters), loggedIn(letters)];
    expect(first.says('EXAMINE INBOX')).toBe(second.says('EXAMINE INBOX'));
    const other = new Talk(letters);
    other.says('LOGIN demo demo');
    expect(other.says('EXAMINE INBOX')).toContain(`[UIDVALIDITY ${VALIDITY + 1}]`);
    expect(other.literal('FETCH 1 BODY[TEXT]')).toContain('past the proxy');
  });

  it('are remembered up to a limit, and never twice under one number', () => {
    const letters = new Letters();
    const letterOf = (name: string) => letters.for({ identity: null, clientId: [['name', name]] }, MOMENT).uidValidity;
    const first = letterOf('0');
    const others = new Set(Array.from({ length: 256 }, (_, i) => letterOf(String(i + 1))));
    expect(others.size).toBe(256);
    expect(letterOf('256')).toBe(first + 256);
    expect(letterOf('0')).toBe(first + 257);
  });
});
