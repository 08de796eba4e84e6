import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../../src/policy/client/response.js';

const read = (text: string) => readAnswer(Buffer.from(text));

describe('readAnswer', () => {
  it.each([
    ['{"status":0}', 0, null],
    ['{"status":-1,"msg":"no"}', -1, 'no'],
    ['{"msg":"", "status": 3 }', 3, null],
    ['{"status":0,"msg":"ok","r_attrs":{"status":"-1"},"more":[1,{"status":-1}]}', 0, 'ok'],
    ['{"status":1,"status":-5}', -5, null],
    ['{"status":-2147483648}', -2147483648, null],
    [' \n{"status":2147483647}\n', 2147483647, null],
  ])('%s', (text, status, message) => {
    expect(read(text)).toEqual({ status, message, rule: null });
  });

  it.each([
    ['', 'body'],
    ['{', 'body'],
    ['{"status":0}x', 'body'],
    ['<html>', 'body'],
    ['null', 'body'],
    ['[{"status":0}]', 'body'],
    ['0', 'body'],
    ['{}', 'status'],
    ['{"msg":"no"}', 'status'],
    ['{"status":"-1"}', 'status'],
    ['{"status":null}', 'status'],
    ['{"status":true}', 'status'],
    ['{"status":-1.5}', 'status'],
    ['{"status":2147483648}', 'status'],
    ['{"status":-2147483649}', 'status'],
    ['{"status":1e999}', 'status'],
    ['{"status":-1,"msg":null}', 'msg'],
    ['{"status":0,"msg":{}}', 'msg'],
  ])('refuses %s for its %s', (text, field) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'policy_answer', field }));
  });

  it('makes one line of a message, and keeps it short', () => {
    const message = (msg: string) => read(JSON.stringify({ status: -1, msg })).message;
    expect(message('a\r\nb OK\tdone\u0000\u2028')).toBe('a b OK done');
    expect(message(' \r\n ')).toBeNull();
    expect(message('\u202eabc')).toBe('abc');
    expect(message('x'.repeat(1000))).toBe('x'.repeat(400));
    expect(message(`${'x'.repeat(399)}\u{1f600}`)).toBe('x'.repeat(399));
  });

  it('reads the rule where the server tells it', () => {
    expect(read('{"status":-1,"msg":"m","r_attrs":{"rule":"go-client"}}').rule).toBe('go-client');
    expect(read('{"status":-1,"r_attrs":{"rule":7}}').rule).toBeNull();
    expect(read('{"status":-1,"r_attrs":["rule"]}').rule).toBeNull();
    expect(read(`{"status":-1,"r_attrs":{"rule":"${'r'.repeat(200)}"}}`).rule).toHaveLength(128);
  });
});
