import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SensorError } from '../../../../src/errors.js';
import { type NoticeLines, openNotices } from '../../../../src/login/index.js';
import { temporaryFolder } from '../../store/folder.js';

async function told(plain: boolean, tell: (notices: NoticeLines) => void): Promise<string> {
  const file = join(temporaryFolder(), 'notices');
  const notices = await openNotices({ target: { file }, plain });
  tell(notices);
  notices.close();
  return readFileSync(file, 'utf8');
}

describe('a notice', () => {
  it('is a JSON line with its level, time, message and details', async () => {
    const text = await told(false, (notices) =>
      notices.warn('the database cannot be written', { waiting: 12, a: null }),
    );
    const { time, ...rest } = JSON.parse(text) as Record<string, unknown>;
    expect(rest).toEqual({ level: 'warn', msg: 'the database cannot be written', waiting: 12, a: null });
    expect(new Date(time as string).toISOString()).toBe(time);
  });

  it('shows of an error its code and message: no stack, no cause', async () => {
    const error = new SensorError('disk_full', 'database', 0, 'the disk is full', { cause: new Error('inside') });
    const text = await told(false, (notices) => notices.warn('failed', { error, other: new Error('plain') }));
    expect(JSON.parse(text)).toMatchObject({ error: 'disk_full: the disk is full', other: 'plain' });
    expect(text).not.toContain('inside');
  });

  it('keeps its own keys whatever the details are called', async () => {
    const text = await told(false, (notices) => notices.info('hello', { level: 9, msg: 'x', time: 1 }));
    expect(text.match(/"(?:level|time|msg)":/g)).toHaveLength(3);
    expect(JSON.parse(text)).toMatchObject({ level: 'info', msg: 'hello', level_: 9, msg_: 'x', time_: 1 });
  });

  it('is in plain words where somebody watches, and can move no cursor', async () => {
    const text = await told(true, (notices) => {
      notices.info('listening', { on: '192.0.2.1:993', sockets: 2 });
      notices.warn('odd\u001b[2J\n', { name: '\u202e' });
    });
    expect(text).toBe(
      'ja3-sensor: listening (on 192.0.2.1:993, sockets 2)\nja3-sensor: odd\\u001b[2J\\u000a (name \\u202e)\n',
    );
  });

  it('throws nothing where it cannot be written', async () => {
    const notices = await openNotices({ target: { file: '/dev/full' }, plain: false });
    expect(() => notices.warn('x')).not.toThrow();
    notices.close();
  });
});
