import { describe, expect, it } from 'vitest';
import type { ClientDialogueSettings } from '../../../../src/proxy/dialogue.js';
import { imapClientDialogue } from '../../../../src/proxy/imap/index.js';
import { everyDelivery, throughReusedBuffer } from '../../../harness/every-cut.js';
import { answers, bytes, clientSettings, greeted, shown } from './dialogue.js';

const inClear = { secured: false };
const BAD = 'Error in IMAP command received by server.';

describe('before the login', () => {
  it('greets with capabilities, as Dovecot does', () => {
    const offered = { mechanisms: ['PLAIN'], keywords: ['IMAP4rev1', 'LOGIN-REFERRALS', 'ID', 'ENABLE', 'IDLE'] };
    const greeting = (changes: Partial<ClientDialogueSettings>) =>
      shown(imapClientDialogue(clientSettings({ ...offered, ...changes })).greet());
    expect(greeting({})).toEqual([
      '* OK [CAPABILITY IMAP4rev1 LOGIN-REFERRALS ID ENABLE IDLE SASL-IR AUTH=PLAIN] mail.example.org ready.',
    ]);
    expect(greeting(inClear)).toEqual([
      '* OK [CAPABILITY IMAP4rev1 LOGIN-REFERRALS ID ENABLE IDLE SASL-IR STARTTLS LOGINDISABLED] mail.example.org ready.',
    ]);
    expect(greeting({ ...inClear, cleartext: true })).toEqual([
      '* OK [CAPABILITY IMAP4rev1 LOGIN-REFERRALS ID ENABLE IDLE SASL-IR STARTTLS AUTH=PLAIN] mail.example.org ready.',
    ]);
    expect(greeting({ mechanisms: ['SCRAM-SHA-256'], keywords: [], trusted: true })).toEqual([
      '* OK [CAPABILITY IMAP4rev1 ID SASL-IR LOGINDISABLED AUTH=SCRAM-SHA-256] mail.example.org ready.',
    ]);
  });

  it("leaves out of the keywords what is about the backend's own login, and what is no atom", () => {
    const keywords = [
      'IMAP4rev2',
      'AUTH=NTLM',
      'starttls',
      'LOGINDISABLED',
      'SASL-IR',
      'X] x',
      'Y"',
      'QUOTA=RES-STORAGE',
    ];
    expect(answers('a CAPABILITY\r\n', { keywords, mechanisms: ['PLAIN'] })).toEqual([
      '* CAPABILITY IMAP4rev2 QUOTA=RES-STORAGE SASL-IR AUTH=PLAIN',
      'a OK Pre-login capabilities listed, post-login capabilities have more.',
    ]);
  });

  it('answers what may be asked before the login', () => {
    expect(answers('1 noop\r\n2 ENABLE CONDSTORE\r\n3 Id NIL\n4 LOGOUT\r\n5 NOOP\r\n')).toEqual([
      '1 OK NOOP completed.',
      '* ENABLED',
      '2 OK ENABLE ignored in non-authenticated state.',
      '* ID NIL',
      '3 OK ID completed.',
      '* BYE Logging out',
      '4 OK Logout completed.',
      '(close logged_out)',
    ]);
  });

  it('closes at the third command that is none, and repeats no tag that is none', () => {
    expect(answers('a SELECT INBOX\r\nGET / HTTP/1.1\r\n<script>](\r\na NOOP\r\n')).toEqual([
      `a BAD ${BAD}`,
      `GET BAD ${BAD}`,
      '* BYE Too many invalid IMAP commands.',
      '(close too_many_bad_commands)',
    ]);
    expect(answers('] NOOP\r\n\r\n')).toEqual([`* BAD ${BAD}`, `* BAD ${BAD}`]);
    expect(answers(`${'a'.repeat(126)} NOOP\r\n${'a'.repeat(127)} NOOP\r\n`)).toEqual([
      `${'a'.repeat(126)} OK NOOP completed.`,
      `* BAD ${BAD}`,
    ]);
    expect(answers('login joe secret\r\n')[0]).toMatch(/^login BAD First parameter in line is IMAP's command tag/);
  });

  it('closes where a line or a command is longer than one may be', () => {
    const limits = { maxLine: 40, maxBadCommands: 9, maxAttempts: 3 };
    const overflow = ['* BYE Input buffer full, aborting', '(close input_buffer_full)'];
    expect(answers(`a NOOP ${'x'.repeat(60)}`, { limits })).toEqual(overflow);
    expect(answers(`a NOOP ${'x'.repeat(32)}\r\n`, { limits })).toEqual(['a OK NOOP completed.']);
    expect(answers(`a LOGIN {9+}\r\n123456789 {12}\r\n`, { limits })).toEqual([
      '* BYE Literal size too large',
      '(close input_buffer_full)',
    ]);
    expect(answers('a LOGIN {4294967295+}\r\n', { limits })[0]).toBe('* BYE Literal size too large');
  });

  it("keeps a client's ID, without what only proxies say", () => {
    expect(
      answers('a ID ("name" "Thunder\\"bird" "X-originating-IP" "192.0.2.1" "os" NIL "v" {3+}\r\n1\r2)\r\n'),
    ).toEqual([
      '(client_id [["name","Thunder\\"bird"],["os",null],["v","1\ufffd2"]])',
      '* ID NIL',
      'a OK ID completed.',
    ]);
    expect(answers('a ID ("a" "1")\r\nb ID ("a" "2")\r\n').filter((line) => line.startsWith('(client_id'))).toEqual([
      '(client_id [["a","1"]])',
    ]);
  });

  it('takes no ID that is none', () => {
    for (const bad of ['("a")', '(a "b")', '("a" b)', 'x', '("a" ("b"))', '("a" "b") x', `("${'n'.repeat(65)}" "v")`]) {
      expect(answers(`a ID ${bad}\r\n`), bad).toEqual([expect.stringMatching(/^a BAD /)]);
    }
  });

  it('takes the claim of a trusted peer, and of nobody else', () => {
    const id =
      'a ID ("name" "x" "x-session-id" "S1" "x-originating-ip" "2001:DB8:0::1" "x-originating-port" "4711" "x-connected-ip" "192.0.2.7" ' +
      '"x-connected-port" "993" "x-proxy-ttl" "6" "x-client-transport" "TLS" "x-connected-name" "imap.example.org" "x-forward-ja3_hash" "e1")\r\n';
    const identity = {
      remote: { ip: '2001:db8::1', port: 4711 },
      local: { ip: '192.0.2.7', port: 993 },
      session: 'S1',
      ttl: 6,
      tls: true,
      serverName: 'imap.example.org',
      forward: [['ja3_hash', 'e1']],
    };
    const dialogue = greeted({ trusted: true });
    const steps = dialogue.push(bytes(id));
    expect(steps[0]).toEqual({ step: 'claim', identity });
    expect(shown(steps.slice(1))).toEqual(['(client_id [["name","x"]])', '* ID NIL', 'a OK Trusted ID completed.']);
    expect(shown(dialogue.push(bytes(id)))).toEqual(['* ID NIL', 'a OK Trusted ID completed.']);
    expect(answers(id)).toEqual(['(client_id [["name","x"]])', '* ID NIL', 'a OK ID completed.']);
    expect(answers('a ID ("x-originating-ip" "somewhere")\r\n', { trusted: true })).toEqual([
      'a BAD Invalid ID parameters',
    ]);
  });
});

describe('STARTTLS', () => {
  it('forgets what came with it, and what came before it, inside TLS', () => {
    for (const behind of ['', 'b NOOP\r\n', 'b LOGIN evil evil', 'b LOGIN {4+}\r\nev']) {
      const sent = bytes(`1 ID ("a" "b")\r\n2 X\r\n3 STARTTLS\r\n${behind}`);
      for (const delivery of everyDelivery(sent)) {
        const dialogue = greeted(inClear);
        const steps: string[] = [];
        throughReusedBuffer(delivery, (chunk) => steps.push(...shown(dialogue.push(chunk))));
        expect(steps.at(-1), delivery.name).toBe('(start_tls)');
        expect(shown(dialogue.push(bytes('c NOOP\r\nd')))).toEqual([]);
        expect(shown(dialogue.startTls())).toEqual(['3 OK Begin TLS negotiation now.']);
        expect(shown(dialogue.push(bytes('c NOOP\r\nd LO')))).toEqual([]);
        expect(shown(dialogue.secured())).toEqual([]);
        expect(shown(dialogue.push(bytes('GIN a b\r\n'))), delivery.name).toEqual([`GIN BAD ${BAD}`]);
        expect(shown(dialogue.push(bytes('e X\r\nf ID ("a" "c")\r\ng STARTTLS\r\n')))).toEqual([
          `e BAD ${BAD}`,
          '(client_id [["a","c"]])',
          '* ID NIL',
          'f OK ID completed.',
          '* BYE Too many invalid IMAP commands.',
          '(close too_many_bad_commands)',
        ]);
      }
    }
  });

  it('goes on in clear where TLS cannot begin', () => {
    const dialogue = greeted(inClear);
    expect(shown(dialogue.push(bytes('a STARTTLS\r\nb NOOP\r\n')))).toEqual(['(start_tls)']);
    expect(shown(dialogue.refuseTls())).toEqual([
      'a NO [UNAVAILABLE] TLS is not available right now, try again later.',
    ]);
    expect(shown(dialogue.push(bytes('c NOOP\r\n')))).toEqual(['c OK NOOP completed.']);
  });

  it('is refused where it is not offered, and inside TLS', () => {
    expect(answers('a STARTTLS\r\n', { ...inClear, starttls: false })).toEqual(["a BAD TLS support isn't enabled."]);
    expect(answers('a STARTTLS\r\n')).toEqual(['a BAD TLS is already active.']);
  });

  it('says no goodbye between the go-ahead and TLS', () => {
    const dialogue = greeted(inClear);
    dialogue.push(bytes('a STARTTLS\r\n'));
    dialogue.startTls();
    expect(shown(dialogue.close('shutting_down'))).toEqual(['(close shutting_down)']);
    expect(dialogue.close('shutting_down')).toEqual([]);
  });
});
