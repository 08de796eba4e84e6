import { describe, expect, it } from 'vitest';
import { everyDelivery, throughReusedBuffer } from '../../../harness/every-cut.js';
import { bytesOf, latin1, told } from '../../../harness/login-pair.js';
import { begin, inClear } from './client.js';

describe('STLS', () => {
  it('is agreed to when TLS can begin (RFC 2595 section 4)', () => {
    const { dialogue, say } = begin(inClear);
    expect(say('STLS')).toEqual(['<start_tls>']);
    expect(told(dialogue.startTls())).toEqual(['+OK Begin TLS negotiation now.']);
    expect(told(dialogue.secured())).toEqual([]);
    expect(say('STLS')).toEqual(['-ERR TLS is already active.']);
  });

  it('fails for now where it cannot begin, and the dialogue goes on', () => {
    const { dialogue, say } = begin(inClear);
    say('STLS');
    expect(told(dialogue.refuseTls())).toEqual(['-ERR [SYS/TEMP] TLS is not available now.']);
    expect(say('STLS')).toEqual(['<start_tls>']);
  });

  it('is not there where it is not offered', () => {
    expect(begin({ secured: false }).say('STLS')).toEqual(["-ERR TLS support isn't enabled."]);
    expect(begin(inClear).say('STLS now')).toEqual(['-ERR Invalid parameters.']);
  });

  it('lets nothing said in clear reach what is said inside TLS, however it comes in', () => {
    const clear = bytesOf('USER mallory\r\nSTLS\r\nUSER mallory\r\nPASS x\r\nUSER mal');
    for (const delivery of everyDelivery(clear)) {
      const { dialogue, say } = begin({ ...inClear, cleartext: true });
      const steps: string[] = [];
      throughReusedBuffer(delivery, (chunk) => steps.push(...told(dialogue.push(chunk))));
      expect(steps, delivery.name).toEqual(['+OK', '<start_tls>']);
      dialogue.startTls();
      expect(dialogue.push(bytesOf('USER mallory\r\n')), delivery.name).toEqual([]);
      dialogue.secured();
      expect(say('lory', 'PASS x'), delivery.name).toEqual(['-ERR Unknown command.', '-ERR No username given.']);
      expect(latin1(dialogue.rest()), delivery.name).toBe('');
    }
  });
});

describe('calls out of turn', () => {
  it('do nothing', () => {
    const { dialogue, say } = begin(inClear);
    const out = () => [
      ...dialogue.startTls(),
      ...dialogue.secured(),
      ...dialogue.refuseTls(),
      ...dialogue.challenge(new Uint8Array(1)),
      ...dialogue.finish('succeeded', null),
    ];
    expect(out()).toEqual([]);
    dialogue.close('shutting_down');
    expect(out()).toEqual([]);
    expect(dialogue.close('shutting_down')).toEqual([]);
    expect(say('NOOP')).toEqual([]);
  });
});

describe('limits', () => {
  it('closes at too many commands that are none, in a row or not', () => {
    const { say } = begin();
    expect(say('NOOP', 'CAPA', 'GET / HTTP/1.1', '', 'CAPA')).toEqual([
      '-ERR Unknown command.',
      ...'+OK|RESP-CODES|USER|SASL PLAIN LOGIN|.'.split('|'),
      '-ERR Unknown command.',
      '-ERR Unknown command.',
      '-ERR Too many invalid bad commands.',
      '<close too_many_bad_commands>',
    ]);
    expect(say('CAPA')).toEqual([]);
  });

  it('closes at a line that is too long, finished or not', () => {
    const { dialogue } = begin();
    expect(told(dialogue.push(bytesOf(`PASS ${'x'.repeat(512)}`)))).toEqual([
      '-ERR Input buffer full, aborting',
      '<close input_buffer_full>',
    ]);
  });

  it('keeps twice a line while a backend decides, and no more', () => {
    const { dialogue, say } = begin();
    say('USER u', 'PASS p');
    expect(told(dialogue.push(new Uint8Array(1024).fill(0x0a)))).toEqual([]);
    expect(told(dialogue.push(new Uint8Array(1)))).toEqual([
      '-ERR Input buffer full, aborting',
      '<close input_buffer_full>',
    ]);
    expect(told(dialogue.finish('succeeded', bytesOf('+OK\r\n')))).toEqual([]);
  });
});

describe('goodbyes', () => {
  it('answers QUIT', () => {
    expect(begin().say('QUIT')).toEqual(['+OK Logging out', '<close logged_out>']);
  });

  it.each([
    ['login_timeout', ['-ERR Disconnected for inactivity.', '<close login_timeout>']],
    ['shutting_down', ['-ERR [SYS/TEMP] Server is shutting down.', '<close shutting_down>']],
    ['proxy_dest_connect_failed', ['-ERR [SYS/TEMP] Temporary failure.', '<close proxy_dest_connect_failed>']],
  ] as const)('says why: %s', (reason, words) => {
    expect(told(begin().dialogue.close(reason))).toEqual(words);
  });

  it('says nothing in clear once TLS may have begun', () => {
    const { dialogue, say } = begin(inClear);
    say('STLS');
    dialogue.startTls();
    expect(told(dialogue.close('tls_handshake_not_finished'))).toEqual(['<close tls_handshake_not_finished>']);
  });
});

describe('delivery', () => {
  it('makes no difference', () => {
    const sent = bytesOf('CAPA\r\nUSER u1\nPASS a b\r\nAUTH LOGIN\r\ndTE=\r\ncGFzcw==\r\nQUIT\r\n');
    for (const delivery of everyDelivery(sent)) {
      const { dialogue } = begin();
      const steps: string[] = [];
      throughReusedBuffer(delivery, (chunk) => steps.push(...told(dialogue.push(chunk))));
      steps.push(...told(dialogue.finish('failed', null)), ...told(dialogue.finish('failed', null)));
      expect(steps, delivery.name).toEqual([
        ...'+OK|RESP-CODES|USER|SASL PLAIN LOGIN|.'.split('|'),
        '+OK',
        '<attempt PLAIN of u1: password |u1|a b>',
        '-ERR [AUTH] Authentication failed.',
        '+ VXNlcm5hbWU6',
        '+ UGFzc3dvcmQ6',
        '<attempt LOGIN of u1: password |u1|pass>',
        '-ERR [AUTH] Authentication failed.',
        '+OK Logging out',
        '<close logged_out>',
      ]);
    }
  });
});
