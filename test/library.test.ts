import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as library from '../src/index.js';
import * as socketLibrary from '../src/socket/index.js';

const root = new URL('../', import.meta.url);
const run = promisify(execFile);

describe('the library', () => {
  it('exports these values and no others: a new one is a promise, a lost one breaks somebody', () => {
    expect(Object.keys(library).sort()).toEqual([
      'HelloStream',
      'SensorError',
      'fingerprint',
      'ja3s',
      'parseClientHello',
      'parseServerHello',
      'readCapture',
    ]);
  });

  it('exports these types and no others', () => {
    const source = readFileSync(new URL('src/index.ts', root), 'utf8');
    const types = new Set<string>();
    for (const [, isType, names] of source.matchAll(/export (type )?\{([^}]*)\}/g)) {
      for (const name of names!.split(',').map((part) => part.trim())) {
        if (isType !== undefined && name !== '') types.add(name);
        else if (name.startsWith('type ')) types.add(name.slice(5));
      }
    }
    expect([...types].sort()).toEqual([
      'CaptureSource',
      'ClientHello',
      'Endpoint',
      'Extension',
      'Fingerprint',
      'FingerprintValue',
      'HelloNote',
      'HelloOutcome',
      'HelloStreamOptions',
      'Observation',
      'OpenSslGeneration',
      'ReadCaptureOptions',
      'Rejection',
      'ServerHello',
      'ServerObservation',
      'Timestamp',
      'Transport',
    ]);
  });

  it('exports these values as ja3-sensor/socket', () => {
    expect(Object.keys(socketLibrary).sort()).toEqual([
      'SecondHello',
      'SensorError',
      'fingerprintConnections',
      'readClientHello',
    ]);
  });

  it('is reached by the names in package.json alone', () => {
    const { exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
    expect(Object.keys(exports)).toEqual(['.', './socket', './package.json']);
  });
});

const isBuilt = existsSync(new URL('dist/index.js', root));

describe.skipIf(!isBuilt)('the examples (skipped where dist is not built)', () => {
  const example = (name: string, ...args: string[]) =>
    run(process.execPath, [fileURLToPath(new URL(`examples/${name}`, root)), ...args], { cwd: fileURLToPath(root) });

  it('are these', () => {
    expect(readdirSync(new URL('examples/', root)).sort()).toEqual([
      'fingerprint-a-capture.mjs',
      'fingerprint-a-fastify-server.mjs',
      'fingerprint-a-hello.mjs',
      'fingerprint-a-tls-server.mjs',
      'fingerprint-an-https-server.mjs',
      'hello-from-a-socket.mjs',
    ]);
  });

  it('fingerprint-a-capture names every hello of the sample', async () => {
    const expected = JSON.parse(readFileSync(new URL('samples/expected.json', root), 'utf8'));
    const { stdout } = await example('fingerprint-a-capture.mjs');
    const printed = stdout.trim().split('\n');
    expect(printed.map((line) => line.replace(/.*ja3=/, '')).sort()).toEqual(
      expected.hellos.map((hello: { ja3_hash: string }) => hello.ja3_hash).sort(),
    );
  });

  it('fingerprint-a-capture says in one line what is wrong with a file', async () => {
    await expect(example('fingerprint-a-capture.mjs', 'README.md')).rejects.toMatchObject({
      code: 1,
      stderr: 'README.md: not a pcap or pcapng file (not_a_capture at byte 0)\n',
    });
  });

  it('fingerprint-a-hello prints every view', async () => {
    const { stdout } = await example('fingerprint-a-hello.mjs');
    // By hand from the bytes in the example: two ciphers, extensions 10, 11 and 23, groups x25519 and secp256r1.
    expect(stdout).toContain("string: '771,49199-49200,10-11-23,29-23,0'");
  });
});
