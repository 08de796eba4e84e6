import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../../src/fingerprint/index.js';
import type { Observation } from '../../../src/model/index.js';
import { readCapture } from '../../../src/observe/index.js';
import { Recognizer, subjectOfHello, subjectOfJa3String } from '../../../src/recognize/index.js';
import { parseClientHello } from '../../../src/tls/index.js';
import { HELLO_SET_ABSENT, helloSet, helloSetIsThere } from '../../harness/hello-set.js';
import { label, shipped } from './labels.js';

const recognizer = new Recognizer(shipped);
const samples = new URL('../../../samples/', import.meta.url).pathname;

async function hellosOf(folder: string): Promise<Observation[]> {
  const found: Observation[] = [];
  for (const name of readdirSync(samples + folder).filter((one) => one.endsWith('.pcapng'))) {
    for await (const observation of readCapture(`${samples}${folder}/${name}`)) found.push(observation);
  }
  return found;
}

describe('the samples', () => {
  it.each([
    ['imaps', /mutt|openssl|python3-mail|curl/],
    ['imap-starttls', /mutt|openssl|python3-mail|curl/],
    ['split-hello', /mutt|openssl|python3-mail|curl|go|thunderbird/],
  ])('%s: the client is named by its ja3', async (folder, client) => {
    const hellos = await hellosOf(folder);
    expect(hellos.length).toBeGreaterThan(0);
    for (const { hello, fingerprint: own } of hellos) {
      const { rung, candidates } = recognizer.recognize(subjectOfHello(hello, own));
      expect(rung).toBe('ja3');
      expect(candidates.some((one) => client.test(one.label.client))).toBe(true);
    }
  });

  it('resumption: what resumes is what it was, with 41 more', async () => {
    const hellos = await hellosOf('resumption');
    const resumed = hellos.filter((one) => one.hello.psk);
    expect(resumed.length).toBeGreaterThan(1);
    for (const { hello, fingerprint: own, src, timestamp } of resumed) {
      const first = hellos.find(
        (one) => !one.hello.psk && one.src.ip === src.ip && one.timestamp.seconds <= timestamp.seconds,
      );
      const now = recognizer.recognize(subjectOfHello(hello, own));
      expect(now).toMatchObject({ rung: 'situational', difference: { extensions: { added: [41] } } });
      expect(now.family).toBe(recognizer.recognize(subjectOfHello(first!.hello, first!.fingerprint)).family);
    }
  });
});

describe.skipIf(!helloSetIsThere)(`1,585 recorded hellos (${HELLO_SET_ABSENT})`, () => {
  const hellos = helloSetIsThere ? helloSet().filter((one) => one.ja3 !== null && one.parse_error === null) : [];
  const everyJa3 = new Recognizer(
    hellos.map((one) => label({ client: one.ja3_hash!, string: one.ja3!, hash: one.ja3_hash! })),
  );
  const everyJa4 = new Recognizer(
    hellos.filter((one) => one.ja4 !== null).map((one) => label({ client: one.ja4!, view: 'ja4', hash: one.ja4! })),
  );

  it('each is met by the ja3 that independent tools gave it, as bytes and as string', () => {
    expect(hellos.length).toBeGreaterThan(1000);
    for (const { raw, transport, ja3, ja3_hash } of hellos) {
      const hello = parseClientHello(raw);
      const own = transport === 'udp' ? {} : { transport };
      for (const subject of [subjectOfHello(hello, fingerprint(hello, own)), subjectOfJa3String(ja3!)]) {
        const { rung, candidates } = everyJa3.recognize(subject);
        expect([rung, candidates[0]!.label.client]).toEqual(['ja3', ja3_hash]);
      }
    }
  });

  it('and by their ja4', () => {
    for (const { raw, transport, ja4 } of hellos) {
      if (ja4 === null || transport === 'udp') continue;
      const hello = parseClientHello(raw);
      const { rung, candidates } = everyJa4.recognize(subjectOfHello(hello, fingerprint(hello, { transport })));
      expect([rung, candidates.some((one) => one.label.client === ja4)]).toEqual(['ja4', true]);
    }
  });

  it('are named as mail clients by their ja3 where they have one of theirs, and only there', () => {
    const mail = new Set(shipped.filter((one) => one.view === 'ja3').map((one) => one.hash));
    for (const { raw, ja3_hash } of hellos) {
      const hello = parseClientHello(raw);
      const { rung } = recognizer.recognize(subjectOfHello(hello, fingerprint(hello)));
      expect(rung === 'ja3').toBe(mail.has(ja3_hash!));
    }
  });
});
