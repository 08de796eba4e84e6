import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT, run } from '../harness/command.js';

const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));

describe('ja3-sensor', () => {
  it.each(['--version', '-V'])('tells its version (%s)', async (flag) => {
    expect(await run([flag])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('prints help to standard error and ends with 2 where it is not told what to do', async () => {
    const { code, stdout, stderr } = await run([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: ja3-sensor');
  });

  it.each(['db', 'db label'])(
    'prints help to standard error and ends with 2 where %s is not told what to do',
    async (name) => {
      const { code, stdout, stderr } = await run(name.split(' '));
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(new RegExp(`^Usage: ja3-sensor ${name} `));
      expect(stderr).not.toContain('ja3-sensor: ');
    },
  );

  it.each(['--help', 'pcap --help', 'demo --help', 'help pcap', 'db --help', 'db help lookup'])(
    'prints help that was asked for to standard output (%s)',
    async (line) => {
      const { code, stdout, stderr } = await run(line.split(' '));
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain('Usage: ja3-sensor');
    },
  );

  it.each(['pcap', 'explain', 'log', 'demo', 'completion'])('has an example in the help of %s', async (name) => {
    const { code, stdout, stderr } = await run([...name.split(' '), '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/Examples?:\n {2}\S/);
    expect(stdout).toContain(`ja3-sensor ${name}`);
  });

  it.each([
    [['pcap'], "missing required argument 'file'"],
    [['pcap', '--frmat', 'csv', 'x'], '(Did you mean --format?)'],
    [['pcap', '--format', 'xml', 'x'], 'Allowed choices are table, ndjson, json, csv, ja3, eve'],
    [['pcap', '--openssl', '1.1', 'x'], 'Allowed choices are 3.0, 3.5'],
    [['pcap', '--fields', 'ja3_hash,nonsense', 'x'], 'no field nonsense'],
    [['pcap', '--fields', 'sni,sni', 'x'], 'names a field twice'],
    [['pcap', '--fields', ',', 'x'], 'names no field'],
    [['pcap', '--fields', 'ja3s_hash', 'x'], 'ja3s_hash needs --server'],
    [['pcap', '--fields', 'sni', '--format', 'eve', 'x'], '--fields does not go with --format eve'],
    [['pcap', '--fields', 'sni', '--summary', 'x'], '--fields does not go with --summary'],
    [['pcap', '--summary', '--format', 'ja3', 'x'], '--summary has no format ja3'],
    [['pcap', '-', '-'], 'standard input (-) can be read once only'],
    [['pcap', '--database', '/nonexistent/x.db', 'x'], 'no database at /nonexistent/x.db'],
    [['pacp'], '(Did you mean pcap?)'],
    [['db', 'lookup'], "missing required argument 'fingerprint' (ja3-sensor db lookup --help tells more)"],
    [['db', 'lokup'], '(Did you mean lookup?)'],
    [['db', 'label', 'add', 'Mutt'], "missing required argument 'fingerprint'"],
    [['db', 'top', '--prot', '993'], '(Did you mean --port?)'],
    [['db', 'export', 'everything'], 'Allowed choices are labels, fingerprints'],
    [['pcap', '--\x1b[31m', 'x'], "unknown option '--\\x1b[31m' (ja3-sensor pcap --help tells more)"],
    [['pcap', '--database', '', 'x'], '--database has an empty name'],
    [['pcap', ''], 'a file has an empty name'],
  ])('ends %j with 2 and says why', async (args, reason) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(reason);
    expect(stderr).toMatch(/^ja3-sensor: [^\n]+\n$/);
  });
});
