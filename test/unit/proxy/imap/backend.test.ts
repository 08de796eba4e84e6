import { describe, expect, it } from 'vitest';
import type { ForwardedIdentity } from '../../../../src/proxy/attempt.js';
import type { BackendDialogueSettings } from '../../../../src/proxy/dialogue.js';
import { imapBackendDialogue } from '../../../../src/proxy/imap/index.js';
import { everyDelivery, throughReusedBuffer } from '../../../harness/every-cut.js';
import { backendSettings, bytes, shown } from './dialogue.js';

// Debian 12's Dovecot 2.3.19.
const GREETING =
  '* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS AUTH=PLAIN AUTH=LOGIN] Dovecot (Debian) ready.\r\n';
const READY = (tookIdentity = false) =>
  `(ready ${JSON.stringify({
    mechanisms: ['PLAIN', 'LOGIN'],
    keywords: ['IMAP4rev1', 'LOGIN-REFERRALS', 'ID', 'ENABLE', 'IDLE', 'LITERAL+'],
    greeting: GREETING.slice('* OK '.length, -2),
    tookIdentity,
  })})`;

const identity: ForwardedIdentity = {
  remote: { ip: '2001:db8::7', port: 40000 },
  local: { ip: '192.0.2.7', port: 993 },
  session: 'Abl/R9tgCLZ/AAAB',
  ttl: 6,
  tls: true,
  serverName: null,
  forward: [],
  clientId: null,
};

/** What is said to each of a backend's answers, the same however it comes. */
function converse(settings: Partial<BackendDialogueSettings>, answers: readonly string[]): string[][] {
  const run = (deliver: (dialogue: ReturnType<typeof imapBackendDialogue>, answer: string) => string[]) => {
    const dialogue = imapBackendDialogue(backendSettings(settings));
    return answers.map((answer) => deliver(dialogue, answer));
  };
  const whole = run((dialogue, answer) => shown(dialogue.push(bytes(answer))));
  const single = run((dialogue, answer) => {
    const steps: string[] = [];
    const [, byByte] = everyDelivery(bytes(answer));
    throughReusedBuffer(byByte!, (chunk) => steps.push(...shown(dialogue.push(chunk))));
    return steps;
  });
  expect(single).toEqual(whole);
  return whole;
}

describe('getting ready', () => {
  it('takes the capabilities from the greeting, or asks', () => {
    expect(converse({}, [GREETING])).toEqual([[READY()]]);
    expect(
      converse({}, [
        '* OK hello\r\n',
        '* CAPABILITY IMAP4rev1 ID auth=plain\r\n* OK [ALERT] x\r\n* X {3}\r\nC \n\r\nC OK done\r\n',
      ]),
    ).toEqual([
      ['C CAPABILITY'],
      ['(ready {"mechanisms":["PLAIN"],"keywords":["IMAP4rev1","ID"],"greeting":"hello","tookIdentity":false})'],
    ]);
    expect(converse({}, ['* OK hello\r\n', 'C OK [CAPABILITY IMAP4rev1] done\r\n'])[1]).toEqual([
      '(ready {"mechanisms":["PLAIN"],"keywords":["IMAP4rev1"],"greeting":"hello","tookIdentity":false})',
    ]);
    expect(converse({}, ['* OK [CAPABILITY LOGINDISABLED AUTH=CRAM-MD5] hello\r\n'])[0]).toEqual([
      '(ready {"mechanisms":["CRAM-MD5"],"keywords":[],"greeting":"[CAPABILITY LOGINDISABLED AUTH=CRAM-MD5] hello","tookIdentity":false})',
    ]);
  });

  it('takes no backend that refuses, has let somebody in, or is none', () => {
    const broken = (...answers: string[]) => converse({}, answers).at(-1);
    const protocol = (text: string) => [`(broken proxy_dest_protocol_failure: ${text})`];
    expect(broken('* BYE [UNAVAILABLE] Too many connections\r\n')).toEqual([
      '(broken proxy_dest_remote_failure: Too many connections)',
    ]);
    expect(broken('* PREAUTH in\r\n')).toEqual(protocol('the backend said * PREAUTH in'));
    expect(broken('+OK Dovecot ready.\r\n')).toEqual(protocol('the backend said +OK Dovecot ready.'));
    expect(broken('220 mx ESMTP\x07\r\n')).toEqual(protocol('the backend said 220 mx ESMTP?'));
    expect(broken('* OK x\r\n', 'C NO x\r\n')).toEqual(protocol('the backend does not say what it can do: x'));
    expect(broken('* OK x\r\n', 'C OK x\r\n')).toEqual(protocol('the backend does not say what it can do: x'));
    expect(broken('* OK x\r\n', '* BYE shutting down\r\n')).toEqual([
      '(broken proxy_dest_remote_failure: shutting down)',
    ]);
    expect(broken(GREETING, '* BYE idle\r\nx')).toEqual(['(broken proxy_dest_remote_failure: idle)']);
  });

  it('does not listen for ever', () => {
    const tooMuch = ['(broken proxy_dest_protocol_failure: the backend said too much)'];
    const long = imapBackendDialogue(backendSettings());
    expect(shown(long.push(bytes(`* OK ${'x'.repeat(20_000)}`)))).toEqual(tooMuch);
    const many = imapBackendDialogue(backendSettings());
    many.push(bytes('* OK x\r\n'));
    expect(shown(many.push(bytes(`* ${'x'.repeat(1000)}\r\n`.repeat(70))))).toEqual(tooMuch);
    const literal = imapBackendDialogue(backendSettings());
    literal.push(bytes('* OK x\r\n'));
    expect(shown(literal.push(bytes('* X {99999}\r\n')))).toEqual(tooMuch);
  });
});

describe('STARTTLS', () => {
  const tls = { tls: 'starttls' } as const;

  it('comes before everything else, and what was said before it does not count', () => {
    const dialogue = imapBackendDialogue(backendSettings({ ...tls, identity }));
    expect(shown(dialogue.push(bytes(GREETING)))).toEqual(['S STARTTLS']);
    expect(shown(dialogue.push(bytes('* CAPABILITY X\r\nS OK Begin TLS negotiation now.\r\n')))).toEqual([
      '(start_tls)',
    ]);
    expect(shown(dialogue.secured())).toEqual(['C CAPABILITY']);
    expect(shown(dialogue.push(bytes('* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nC OK x\r\n')))).toEqual([
      expect.stringContaining('"mechanisms":["PLAIN"],"keywords":["IMAP4rev1"]'),
    ]);
  });

  it('is asked for where the greeting does not say whether it is offered', () => {
    expect(converse(tls, ['* OK hello\r\n', 'S OK go\r\n'])).toEqual([['S STARTTLS'], ['(start_tls)']]);
  });

  it('has no way round it', () => {
    expect(converse(tls, ['* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] x\r\n'])).toEqual([
      ['(broken proxy_dest_protocol_failure: the backend does not offer STARTTLS)'],
    ]);
    for (const no of ['NO', 'BAD']) {
      expect(converse(tls, ['* OK x\r\n', `S ${no} not today\r\n`])[1]).toEqual([
        '(broken proxy_dest_protocol_failure: the backend refused STARTTLS: not today)',
      ]);
    }
  });

  it('takes no word in clear behind it, with it or after it', () => {
    const injected = '(broken proxy_dest_protocol_failure: the backend went on in clear after it agreed to TLS)';
    for (const behind of ['* CAPABILITY AUTH=PLAIN\r\n', 'C OK', '\n']) {
      const together = imapBackendDialogue(backendSettings(tls));
      together.push(bytes('* OK x\r\n'));
      expect(shown(together.push(bytes(`S OK go\r\n${behind}`)))).toEqual([injected]);
      expect(together.secured()).toEqual([]);
      const after = imapBackendDialogue(backendSettings(tls));
      after.push(bytes('* OK x\r\nS OK'));
      expect(shown(after.push(bytes(' go\r\n')))).toEqual(['(start_tls)']);
      expect(shown(after.push(bytes(behind)))).toEqual([injected]);
      expect(after.secured()).toEqual([]);
    }
  });
});

describe('telling who the client is', () => {
  const told = (changes: Partial<ForwardedIdentity>) => {
    const dialogue = imapBackendDialogue(backendSettings({ identity: { ...identity, ...changes } }));
    return shown(dialogue.push(bytes(GREETING)))[0] ?? '';
  };

  it("is as Dovecot's proxies write it", () => {
    const who =
      '"x-session-id" "Abl/R9tgCLZ/AAAB" "x-originating-ip" "2001:db8::7" "x-originating-port" "40000" "x-connected-ip" "192.0.2.7" ' +
      '"x-connected-port" "993" "x-proxy-ttl" "6" "x-client-transport" "TLS"';
    expect(told({})).toBe(`I ID (${who})`);
    expect(
      told({
        serverName: 'imap.example.org',
        forward: [['ssl_ja3_hash', '0123']],
        clientId: [
          ['name', 'a"b\\c'],
          ['os', null],
        ],
      }),
    ).toBe(
      `I ID ("name" "a\\"b\\\\c" "os" NIL ${who} "x-connected-name" "imap.example.org" "x-forward-ssl_ja3_hash" "0123")`,
    );
    expect(told({ tls: false })).toContain('"x-client-transport" "insecure"');
  });

  it('lets nothing of a client become a pair of ours, a line, or too much', () => {
    const line = told({
      clientId: [
        ['X-Originating-IP', '192.0.2.66'],
        ['evil', '")\r\nX LOGIN a b\0\u00e9'],
        ['n'.repeat(31), 'v'],
        ['long', 'v'.repeat(1025)],
        ['fits', 'v'.repeat(1024)],
      ],
      forward: [
        ['ssl_ja3', '7'.repeat(1025)],
        ['ja3_hash', 'e1'],
      ],
    });
    expect(line).toMatch(/^I ID \("evil" "\\"\)\?\?X LOGIN a b\?\?" "fits" "v{1024}" "x-session-id" /);
    expect(line).not.toContain('192.0.2.66');
    expect(line).not.toContain('x-forward-ssl_ja3"');
    expect(line).toContain('"x-forward-ja3_hash" "e1"');
    const many = told({
      clientId: Array.from({ length: 64 }, (_, at) => [`k${at}`, 'v'.repeat(60)] as const),
      forward: Array.from({ length: 9 }, (_, at) => [`f${at}`, 'v'.repeat(1000)] as const),
    });
    expect(many.length).toBeLessThan(8192);
    // RFC 2971 section 3.3: not more than 30 pairs.
    expect(many.split('" "').length / 2).toBeLessThanOrEqual(30);
    expect(many).toContain('"x-proxy-ttl" "6"');
  });

  it('waits for the answer, and goes on whatever it is', () => {
    const answered = (answer: string) => converse({ identity }, [GREETING, answer])[1];
    expect(answered('* ID ("name" "Dovecot")\r\nI OK ID completed.\r\n')).toEqual([READY()]);
    expect(answered('* ID ("name" {7}\r\nDovecot)\r\nI OK Trusted ID completed.\r\n')).toEqual([READY(true)]);
    expect(answered('I BAD Invalid ID parameters\r\n')).toEqual([READY()]);
    expect(answered('+ ?\r\n')).toEqual(['(broken proxy_dest_protocol_failure: the backend said +)']);
  });

  it('is left out where the backend has no ID', () => {
    expect(converse({ identity }, ['* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] x\r\n'])[0]?.[0]).toMatch(/^\(ready/);
  });
});
