import { describe, expect, it } from 'vitest';
import { writeProxyHeader } from '../../../src/haproxy/index.js';
import { Opening, type OpeningOptions, type OpeningOutcome } from '../../../src/socket/opening.js';
import { clientHello, record, serverNameExtension } from '../../build/hello.js';
import { everyDelivery } from '../../harness/every-cut.js';

const HELLO = record(clientHello({ extensions: [serverNameExtension('imap.example.org')] }));
const HEADERS = ([1, 2] as const).map((version) =>
  writeProxyHeader(
    {
      command: 'PROXY',
      family: 'INET',
      transport: 'STREAM',
      src: { ip: '192.0.2.7', port: 4321 },
      dst: { ip: '198.51.100.1', port: 993 },
      unix: null,
    },
    version,
  ),
);

function deliver(chunks: readonly Uint8Array[], proxyHeader: OpeningOptions['proxyHeader']): [OpeningOutcome, Opening] {
  const opening = new Opening({ maxHelloBytes: 65_536, proxyHeader });
  let outcome: OpeningOutcome = { state: 'need_more' };
  for (const chunk of chunks) {
    expect(outcome.state).toBe('need_more');
    outcome = opening.push(chunk);
  }
  return [outcome, opening];
}

describe('the opening of a connection', () => {
  it('finds the hello however it is cut, and keeps every byte', () => {
    for (const { name, chunks } of everyDelivery(HELLO)) {
      const [outcome, opening] = deliver(chunks, 'none');
      expect(outcome, name).toMatchObject({ state: 'hello', hello: { serverName: 'imap.example.org' } });
      expect(Buffer.from(opening.bytes), name).toEqual(Buffer.from(HELLO));
      expect(opening.received, name).toBe(HELLO.length);
    }
  });

  it.each(HEADERS)('takes a PROXY header out however it is cut', (header) => {
    const sent = Buffer.concat([header, HELLO]);
    for (const mode of ['optional', 'required'] as const) {
      for (const { name, chunks } of everyDelivery(sent)) {
        const [outcome, opening] = deliver(chunks, mode);
        expect(outcome.state, name).toBe('hello');
        expect(opening.proxy?.src, name).toEqual({ ip: '192.0.2.7', port: 4321 });
        expect(Buffer.from(opening.bytes), name).toEqual(Buffer.from(HELLO));
      }
    }
  });

  it('asks for more after every proper part', () => {
    const sent = Buffer.concat([HEADERS[1]!, HELLO]);
    for (let length = 1; length < sent.length; length++) {
      expect(deliver([sent.subarray(0, length)], 'required')[0].state, `${length} bytes`).toBe('need_more');
    }
  });

  it('does without a header only where one may be left out', () => {
    expect(deliver([HELLO], 'optional')[0].state).toBe('hello');
    expect(deliver([HELLO], 'refused')[0].state).toBe('hello');
    expect(deliver([HELLO], 'required')[0]).toMatchObject({ state: 'refused', error: { code: 'proxy_missing' } });
  });

  it('keeps the bytes of what is no hello', () => {
    const text = Buffer.from('GET / HTTP/1.0\r\n\r\n');
    const [outcome, opening] = deliver([text], 'none');
    expect(outcome).toMatchObject({ state: 'no_hello', error: { code: 'not_tls' } });
    expect(Buffer.from(opening.bytes)).toEqual(text);
  });

  it('names a header that may not come, once it is known for one', () => {
    for (const header of HEADERS) {
      expect(deliver([header], 'refused')[0]).toMatchObject({ state: 'no_hello', error: { code: 'proxy_untrusted' } });
    }
    expect(deliver([Buffer.from('PUT')], 'refused')[0]).toMatchObject({
      state: 'no_hello',
      error: { code: 'not_tls' },
    });
  });

  it('refuses what begins as a header and is none, and what announces too much', () => {
    const long = Buffer.concat([HEADERS[1]!.subarray(0, 14), Buffer.from('ffff', 'hex')]);
    expect(deliver([long], 'optional')[0]).toMatchObject({ state: 'refused', error: { code: 'proxy_too_long' } });
    const broken = Buffer.from('PROXY TCP4 a b c d\r\n');
    expect(deliver([broken], 'optional')[0]).toMatchObject({ state: 'refused', error: { code: 'proxy_malformed' } });
  });
});
