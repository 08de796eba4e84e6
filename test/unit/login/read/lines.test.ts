import { describe, expect, it } from 'vitest';
import { SensorError } from '../../../../src/errors.js';
import { LogReader, MAX_LINE_BYTES } from '../../../../src/login/index.js';
import { everyDelivery, throughReusedBuffer } from '../../../harness/every-cut.js';
import { loginsOf, options, readLog, sampleLog } from '../../../harness/logins.js';

const LINE =
  'Nov 22 07:48:35 imap-login: Info: Logged in: user=<user1>, method=PLAIN, rip=198.51.100.21, lip=192.0.2.28, mpid=214, TLS, session=<fO/rkthg1MDGM2QV>';
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

describe('LogReader', () => {
  it('finds the same however the bytes come, in a buffer that is used again', () => {
    const log = bytes(`\n${LINE}\r\nnoise\n${LINE.replace('user1', 'zoë')}\n${LINE.replace('user1', 'last')}`);
    for (const delivery of everyDelivery(log)) {
      const reader = new LogReader(options());
      const users: (string | null)[] = [];
      const take = (found: ReturnType<LogReader['push']>) => {
        for (const each of found) if (!(each instanceof SensorError)) users.push(each.user);
      };
      throughReusedBuffer(delivery, (chunk) => take(reader.push(chunk)));
      take(reader.end());
      expect([users, reader.lines], delivery.name).toEqual([['user1', 'zoë', 'last'], 5]);
    }
  });

  it('finds the same in a real log, byte by byte', () => {
    const log = sampleLog('dovecot-2.4');
    expect(loginsOf(Array.from(log, (_, at) => log.subarray(at, at + 1)))).toEqual(loginsOf([log]));
  });

  it('takes CR LF, and no CR into a value', () => {
    const [login] = loginsOf([bytes(`${LINE}\r\n`)]);
    expect(login?.session).toBe('fO/rkthg1MDGM2QV');
  });

  it('reads a line with broken UTF-8, which Dovecot does not write', () => {
    const inside = LINE.indexOf('user1') + 2;
    const log = Buffer.concat([
      bytes(LINE.slice(0, inside)),
      Buffer.from([0xff, 0xc3, 0x80, 0xed, 0xa0, 0x80, 0x00]),
      bytes(LINE.slice(inside)),
    ]);
    const [login] = loginsOf([log]);
    expect(login?.user).toMatch(/\ufffd/);
    expect(login?.remote?.ip).toBe('198.51.100.21');
  });

  it('refuses a line of 1 MB, keeps none of it, and goes on behind it', () => {
    const long = bytes(`${LINE.slice(0, 60)}${'x'.repeat(1 << 20)}${LINE.slice(60)}\n`);
    const log = Buffer.concat([bytes(`${LINE}\n`), long, bytes(`${LINE}\n`)]);
    for (const size of [1, 4096, 65_536, log.length]) {
      const chunks = Array.from({ length: Math.ceil(log.length / size) }, (_, i) =>
        log.subarray(i * size, (i + 1) * size),
      );
      const found = readLog(chunks);
      expect(found).toHaveLength(3);
      expect(found[1]).toMatchObject({ code: 'log_line_too_long', field: 'line', offset: LINE.length + 1 });
      expect(found[2]).toEqual(found[0]);
    }
  });

  it.each([
    [MAX_LINE_BYTES, 0],
    [MAX_LINE_BYTES + 1, 1],
  ])('takes a line of %i bytes: %i refused, ended or not, whole or in pieces', (length, refused) => {
    const line = LINE + ' '.repeat(length - LINE.length);
    for (const end of ['\n', '']) {
      const log = bytes(line + end);
      for (const chunks of [[log], [log.subarray(0, 7), log.subarray(7)], [log.subarray(0, -3), log.subarray(-3)]]) {
        expect(readLog(chunks).filter((each) => each instanceof SensorError)).toHaveLength(refused);
      }
    }
  });

  it('tells where a refused line begins', () => {
    const log = bytes(`é\n${LINE.replace(/^.{15}/, 'Nov 31 07:48:35')}\n`);
    expect(readLog([log])).toMatchObject([{ code: 'log_timestamp', offset: 3 }]);
  });

  it('finds nothing in binary, in other logs, in nothing', () => {
    const binary = Buffer.alloc(300_000, 0);
    for (let i = 0; i < binary.length; i++) binary[i] = (i * 7919 + (i >> 8)) & 0xff;
    for (const log of [Buffer.alloc(0), binary, bytes('-login: \n-login: -login: \n{"a":\n{\n'.repeat(100))]) {
      expect(readLog([log]).filter((each) => !(each instanceof SensorError))).toEqual([]);
    }
  });
});
