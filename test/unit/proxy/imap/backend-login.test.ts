import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../../src/proxy/attempt.js';
import { imapBackendDialogue } from '../../../../src/proxy/imap/index.js';
import { latin1 } from '../../../../src/proxy/lines.js';
import { Secret } from '../../../../src/proxy/secret.js';
import { everyDelivery, throughReusedBuffer } from '../../../harness/every-cut.js';
import { backendSettings, base64, bytes, shown } from './dialogue.js';

function passwordAttempt(user: string, password: string, authorization = ''): Attempt {
  return {
    mechanism: 'PLAIN',
    user,
    tag: 'a7',
    credentials: {
      kind: 'password',
      authorization: bytes(authorization),
      user: bytes(user),
      password: new Secret(bytes(password)),
    },
  };
}

function saslAttempt(mechanism: string, initial: string | null): Attempt {
  return {
    mechanism,
    user: null,
    tag: 'a7',
    credentials: { kind: 'sasl', initial: initial === null ? null : new Secret(bytes(initial)) },
  };
}

/** One that is ready for an attempt, of a server that offers these words. */
function ready(words: string) {
  const dialogue = imapBackendDialogue(backendSettings());
  expect(shown(dialogue.push(bytes(`* OK [CAPABILITY ${words}] ready.\r\n`)))[0]).toMatch(/^\(ready/);
  return dialogue;
}

describe('a password', () => {
  const first = (words: string, attempt: Attempt) =>
    ready(words)
      .begin(attempt)
      .map((step) => ('bytes' in step ? latin1(step.bytes) : shown([step])[0]));

  it('goes by PLAIN, with SASL-IR or without', () => {
    const message = base64('\0joe\0secret');
    expect(first('IMAP4rev1 SASL-IR AUTH=PLAIN', passwordAttempt('joe', 'secret'))).toEqual([
      `a7 AUTHENTICATE PLAIN ${message}\r\n`,
    ]);
    expect(first('IMAP4rev1 SASL-IR AUTH=PLAIN', passwordAttempt('joe', 'secret', 'boss'))).toEqual([
      `a7 AUTHENTICATE PLAIN ${base64('boss\0joe\0secret')}\r\n`,
    ]);
    const dialogue = ready('IMAP4rev1 AUTH=PLAIN AUTH=LOGIN');
    expect(shown(dialogue.begin(passwordAttempt('joe', 'secret')))).toEqual(['a7 AUTHENTICATE PLAIN']);
    expect(shown(dialogue.push(bytes('+ \r\n')))).toEqual([message]);
    expect(shown(dialogue.push(bytes('a7 OK in\r\n')))).toEqual(['(succeeded: in)', 'a7 OK in']);
  });

  it('goes in lines of its own where the command would be too long', () => {
    const dialogue = ready('IMAP4rev1 SASL-IR AUTH=PLAIN');
    const password = 'p'.repeat(7000);
    expect(shown(dialogue.begin(passwordAttempt('joe', password)))).toEqual(['a7 AUTHENTICATE PLAIN']);
    expect(shown(dialogue.push(bytes('+\r\n')))).toEqual([base64(`\0joe\0${password}`)]);
  });

  it('goes by LOGIN the mechanism', () => {
    const dialogue = ready('IMAP4rev1 AUTH=LOGIN');
    expect(shown(dialogue.begin(passwordAttempt('joe', 'secret')))).toEqual(['a7 AUTHENTICATE LOGIN']);
    expect(shown(dialogue.push(bytes('+ VXNlcm5hbWU6\r\n')))).toEqual([base64('joe')]);
    expect(shown(dialogue.push(bytes('+ UGFzc3dvcmQ6\r\n')))).toEqual([base64('secret')]);
    expect(shown(dialogue.push(bytes('+ more\r\n')))).toEqual([
      '(broken proxy_dest_protocol_failure: the backend said +)',
    ]);
  });

  it('goes by LOGIN the command, quoted or as literals', () => {
    expect(first('IMAP4rev1', passwordAttempt('joe', 'se"cr\\et'))).toEqual(['a7 LOGIN "joe" "se\\"cr\\\\et"\r\n']);
    expect(first('IMAP4rev1 LITERAL+', passwordAttempt('j\r\na8 X', '\xc3\xa9'))).toEqual([
      'a7 LOGIN {7+}\r\nj\r\na8 X {2+}\r\n\xc3\xa9\r\n',
    ]);
    const dialogue = ready('IMAP4rev1 LITERAL-');
    expect(shown(dialogue.begin(passwordAttempt('j\xf6', 'p'.repeat(5000))))).toEqual([
      'a7 LOGIN {2+}',
      'j\xf6 {5000}',
    ]);
    expect(shown(dialogue.push(bytes('+ OK\r\n')))).toEqual(['p'.repeat(5000)]);
  });

  it('is not sent to who takes none', () => {
    const none = ['(broken proxy_dest_protocol_failure: the backend does not take passwords)'];
    expect(shown(ready('IMAP4rev1 LOGINDISABLED').begin(passwordAttempt('a', 'b')))).toEqual(none);
    expect(shown(ready('IMAP4rev1 AUTH=LOGIN').begin(passwordAttempt('a', 'b', 'c')))).toEqual(none);
    expect(shown(ready('IMAP4rev1').begin(passwordAttempt('a', 'b\0c')))).toEqual(none);
    const apop: Attempt = {
      ...passwordAttempt('a', 'b'),
      credentials: { kind: 'apop', user: bytes('a'), digest: new Secret(bytes('d')) },
    };
    expect(shown(ready('IMAP4rev1').begin(apop))).toEqual([
      '(broken proxy_dest_protocol_failure: the backend does not take this mechanism)',
    ]);
  });
});

describe('another mechanism', () => {
  it('is handed on, challenge by challenge', () => {
    // RFC 2195 section 2.
    const dialogue = ready('IMAP4rev1 AUTH=CRAM-MD5');
    expect(shown(dialogue.begin(saslAttempt('CRAM-MD5', null)))).toEqual(['a7 AUTHENTICATE CRAM-MD5']);
    expect(shown(dialogue.push(bytes('+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n')))).toEqual([
      '(challenge "<1896.697170952@postoffice.reston.mci.net>")',
    ]);
    expect(shown(dialogue.respond(bytes('tim b913a602c7eda7a495b4e6e7334d3890')))).toEqual([
      'dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw',
    ]);
    expect(shown(dialogue.push(bytes('a7 OK in\r\n')))).toEqual(['(succeeded: in)', 'a7 OK in']);
  });

  it('begins with what the client said, or answers the empty challenge with it', () => {
    expect(shown(ready('X SASL-IR').begin(saslAttempt('XOAUTH2', 'user=a')))).toEqual([
      `a7 AUTHENTICATE XOAUTH2 ${base64('user=a')}`,
    ]);
    expect(shown(ready('X SASL-IR').begin(saslAttempt('EXTERNAL', '')))).toEqual(['a7 AUTHENTICATE EXTERNAL =']);
    const dialogue = ready('X');
    expect(shown(dialogue.begin(saslAttempt('XOAUTH2', 'user=a')))).toEqual(['a7 AUTHENTICATE XOAUTH2']);
    expect(shown(dialogue.push(bytes('+ \r\n')))).toEqual([base64('user=a')]);
    expect(shown(dialogue.push(bytes(`+ ${base64('{"status":"401"}')}\r\n`)))).toEqual([
      '(challenge "{\\"status\\":\\"401\\"}")',
    ]);
    expect(shown(dialogue.respond(bytes('')))).toEqual(['']);
    expect(shown(dialogue.push(bytes('a7 NO no\r\n')))).toEqual(['(failed: no)', 'a7 NO no']);
  });

  it('is given up with a star, and the answer is the backend’s', () => {
    const dialogue = ready('X');
    dialogue.begin(saslAttempt('CRAM-MD5', null));
    dialogue.push(bytes('+ \r\n'));
    expect(shown(dialogue.respond(null))).toEqual(['*']);
    expect(shown(dialogue.push(bytes('a7 BAD Authentication aborted by client.\r\n')))).toEqual([
      '(failed: Authentication aborted by client.)',
      'a7 BAD Authentication aborted by client.',
    ]);
  });

  it('takes no challenge that is none, nor two at a time', () => {
    const said = (text: string) => {
      const dialogue = ready('X');
      dialogue.begin(saslAttempt('CRAM-MD5', null));
      return shown(dialogue.push(bytes(text)));
    };
    const broken = '(broken proxy_dest_protocol_failure: the backend said +)';
    expect(said('+ !!\r\n')).toEqual([broken]);
    expect(said('+ YQ==\r\n+ YQ==\r\n')).toEqual(['(challenge "a")', broken]);
    expect(said('+ YQ==\r\na7 NO too late\r\n')).toEqual(['(challenge "a")', '(failed: too late)', 'a7 NO too late']);
  });
});

describe('the answer', () => {
  const answered = (said: string) => {
    let first: string[] | null = null;
    let rest = '';
    for (const delivery of everyDelivery(bytes(said))) {
      const dialogue = ready('IMAP4rev1 SASL-IR AUTH=PLAIN');
      dialogue.begin(passwordAttempt('joe', 'secret'));
      const steps: string[] = [];
      throughReusedBuffer(delivery, (chunk) => steps.push(...shown(dialogue.push(chunk))));
      first ??= steps;
      expect(steps, delivery.name).toEqual(first);
      rest = latin1(dialogue.rest());
    }
    return { steps: first, rest };
  };

  it('is what the backend says, untagged lines before it included, and what follows is the client’s', () => {
    expect(
      answered(
        '* CAPABILITY A\n* OK [ALERT] hi\r\nx9 OK other\r\na7 OK [CAPABILITY B C] Logged in\r\n* 3 EXISTS\r\n* f',
      ),
    ).toEqual({
      steps: ['(succeeded: Logged in)', '* CAPABILITY A', '* OK [ALERT] hi', 'a7 OK [CAPABILITY B C] Logged in'],
      rest: '* 3 EXISTS\r\n* f',
    });
  });

  it.each([
    ['a7 NO [AUTHENTICATIONFAILED] Authentication failed.', 'failed: Authentication failed.'],
    ['a7 NO [unavailable] Temporary authentication failure.', 'unavailable: Temporary authentication failure.'],
    ['a7 NO [SERVERBUG] x', 'unavailable: x'],
    ['a7 NO [CONTACTADMIN]', 'unavailable: '],
    ['a7 NO [LIMIT] x', 'unavailable: x'],
    ['a7 NO [INUSE] x', 'unavailable: x'],
    ['a7 NO [ALERT] Unsupported authentication mechanism.', 'failed: Unsupported authentication mechanism.'],
    ['a7 no', 'failed: '],
    ['a7 BAD what?', 'failed: what?'],
    ['a7 OK', 'succeeded: '],
  ])('%s', (line, wanted) => {
    expect(answered(`${line}\r\n`).steps).toEqual([`(${wanted})`, line]);
  });

  it('may be that the backend has gone', () => {
    expect(answered('* BYE Disconnected for inactivity\r\n').steps).toEqual([
      '(broken proxy_dest_remote_failure: Disconnected for inactivity)',
    ]);
    expect(answered('-ERR x\r\na7 OK\r\n').steps).toEqual([
      '(broken proxy_dest_protocol_failure: the backend said -ERR x)',
    ]);
  });

  it('hides no answer in a literal', () => {
    expect(answered('* X {9}\r\na7 OK x\r\n\r\na7 NO y\r\n').steps).toEqual([
      '(failed: y)',
      '* X {9}',
      'a7 OK x',
      '',
      'a7 NO y',
    ]);
  });

  it('is not waited for after a goodbye', () => {
    const dialogue = ready('IMAP4rev1');
    expect(shown(dialogue.quit())).toEqual(['Q LOGOUT']);
    expect(dialogue.push(bytes('* BYE\r\nQ OK\r\n'))).toEqual([]);
    expect(dialogue.begin(passwordAttempt('a', 'b'))).toEqual([]);
  });
});
