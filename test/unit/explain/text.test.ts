import { describe, expect, it } from 'vitest';
import {
  explainHello,
  explainJa3String,
  explanationJson,
  explanationText,
  type Look,
} from '../../../src/explain/index.js';
import type { Label, LabelRow, Recognition } from '../../../src/model/index.js';
import { escapeText, jsonText } from '../../../src/report/index.js';
import { parseClientHello } from '../../../src/tls/index.js';
import {
  alpnExtension,
  ascii,
  clientHello,
  extension,
  groupsExtension,
  serverNameExtension,
} from '../../build/hello.js';
import { mutt } from '../../harness/observation.js';

const plain = (text: string): string => text;
const look: Look = { escape: escapeText, bold: plain, dim: plain, width: 80 };

const HOSTILE = '\u001b[2J\u009b0m\u00ad';

const hostile = explainHello(
  {
    hello: parseClientHello(
      clientHello({
        ciphers: [0x0a0a, 0x1301, 0xfff0],
        extensions: [
          serverNameExtension(HOSTILE),
          alpnExtension(ascii(HOSTILE), []),
          extension(17513, [0, 4, 3, 27, 10, 13]),
        ],
      }),
    ),
    recordVersion: 0x0301,
  },
  {
    place: {
      file: 'a\u001b[2J.pcap',
      frame: 4,
      src: '192.0.2.7:41234',
      dst: '198.51.100.1:143',
      starttls: 'imap',
      retry: true,
    },
  },
);

describe('text', () => {
  it('shows nothing of a stranger as it came', () => {
    const text = explanationText(hostile, look);
    expect(text).not.toMatch(/[^\n\x20-\x7e]/);
    expect(text).toContain('host_name  \\x1b[2J\\x9b0m\\xad');
    expect(text).toContain('protocol_names  \\x1b[2J\\x9b0m\\xad, (empty)');
    expect(text).toContain('supported_protocols  \\x1b\\x0a\\x0d');
    expect(text).toContain(
      'a\\x1b[2J.pcap, frame 4: 192.0.2.7:41234 > 198.51.100.1:143 after STARTTLS (imap), the second hello',
    );
  });

  it('has numbers as ja3 and as ja4 have them, and names', () => {
    const text = explanationText(hostile, look);
    expect(text).toMatch(/^ {3}2570 {2}0x0a0a {2}GREASE$/m);
    expect(text).toMatch(/^ {3}4865 {2}0x1301 {2}TLS_AES_128_GCM_SHA256$/m);
    expect(text).toMatch(/^ {2}65520 {2}0xfff0 {2}unknown$/m);
    expect(text).toContain('in a record that says TLS 1.0');
  });

  it('breaks running text at the width, and leaves strings to be copied whole', () => {
    const lines = explanationText(hostile, look).split('\n');
    // A place, strings and lists to be copied whole.
    const long = lines.filter(
      (line) => line.length > 80 && !/frame 4|MD5 of|ja4_r/.test(line) && / /.test(line.trim()),
    );
    expect(long).toEqual([]);
    const closing = lines.filter((line) => line.startsWith('Why ja3') || line.startsWith('Suricata'));
    expect(closing.length).toBeGreaterThan(0);
  });

  it('tells why the two differ, or that they do not', () => {
    expect(explanationText(explainJa3String(mutt.ja3), { ...look, width: 10_000 })).toContain(
      `its OpenSSL does not tell it of 1 extension: 28 record_size_limit. So of this one hello Suricata, Zeek and Wireshark say ${mutt.ja3Hash}, and a Dovecot 2.4 with OpenSSL 1.1.1 to 3.1 says ${mutt.sslJa3Hash}.`,
    );
    const same = explanationText(explainJa3String('771,4865,0,29,0', { openssl: '3.5' }), { ...look, width: 10_000 });
    expect(same).toContain('ja3 and ssl_ja3 are the same for this hello');
    expect(same).toContain('a Dovecot 2.4 with OpenSSL 3.2 or later');
  });

  it('of a string says what cannot be known', () => {
    const text = explanationText(explainJa3String(mutt.ja3), look);
    expect(text).toContain('ja4  none\n');
    expect(text).toContain('From a string alone');
    expect(text).not.toContain('ClientHello of');
  });

  it('sets what matters apart where it can', () => {
    const text = explanationText(hostile, {
      ...look,
      bold: (each) => `<b>${each}</b>`,
      dim: (each) => `<i>${each}</i>`,
    });
    expect(text).toContain(`<b>ja3  ${hostile.fingerprints.ja3.hash}</b>`);
    expect(text).toContain('<i>GREASE</i>');
  });

  it('malformed and repeated extensions', () => {
    const hello = parseClientHello(
      clientHello({ extensions: [groupsExtension(29), groupsExtension(23), extension(43, [9]), extension(45)] }),
    );
    const text = explanationText(explainHello({ hello, recordVersion: null }), look);
    expect(text).toMatch(/supported_groups {2}4 bytes\n +repeated: what a later one of its type says counts\n/);
    expect(text).toMatch(/malformed: truncated, supported_versions at byte \d+ of the hello/);
    expect(text).toContain('malformed in this hello: supported_versions');
  });
});

const label: Label = { client: 'Mutt\u001b', version: '2.2.9', tlsLibrary: 'GnuTLS', source: 'dovecot-docs' };

const recognition: Recognition = {
  rung: 'situational',
  score: 0.97,
  confidence: 0.84,
  family: 'GnuTLS',
  candidates: Array.from({ length: 7 }, () => ({ label: { ...label, view: 'ja3' } as LabelRow, share: 1 / 7 })),
  difference: {
    version: [769, 771],
    cipherSuites: { added: [0x1301], dropped: [], moved: [] },
    extensions: { added: [], dropped: [21], moved: [43] },
    supportedGroups: { added: [], dropped: [], moved: [] },
    ecPointFormats: { added: [], dropped: [], moved: [] },
  },
};

describe('recognition', () => {
  it('is asked for with what is known, and told in words', () => {
    const asked: unknown[] = [];
    const recognizer = {
      recognize: (subject: unknown): Recognition => {
        asked.push(subject);
        return recognition;
      },
    };
    const text = explanationText(explainJa3String(mutt.ja3, { recognizer }), look);
    expect(asked).toHaveLength(1);
    expect(text).toContain('Recognised: rung situational, similarity 0.97, right in 84 % of measured cases');
    expect(text).toContain('14 %  Mutt\\x1b 2.2.9 (GnuTLS) [ja3, dovecot-docs]');
    expect(text).toContain('… and 2 more');
    expect(text).toContain('version 769 instead of 771');
    expect(text).toContain('cipher suites added: 4865 TLS_AES_128_GCM_SHA256');
    expect(text).toContain('extensions missing: 21 padding');
    expect(text).toContain('extensions elsewhere: 43 supported_versions');
  });

  it('nothing like it', () => {
    const none: Recognition = { ...recognition, rung: 'none', family: null, candidates: [], difference: null };
    const text = explanationText(explainJa3String(mutt.ja3, { recognizer: { recognize: () => none } }), look);
    expect(text).toContain('Recognised: nothing like it is known\n');
  });
});

describe('another hash', () => {
  const text = (hash: string): string =>
    explanationText(explainJa3String(mutt.ja3, { against: hash }), { ...look, width: 10_000 });

  it('is a fingerprint of this hello', () => {
    expect(text(mutt.sslJa3Hash)).toContain(
      `Against ${mutt.sslJa3Hash}\n  is the ssl_ja3 with OpenSSL 1.1.1 to 3.1 of this hello\n`,
    );
  });

  it('is one with a deviation', () => {
    // MD5 of Mutt's string with 772 in place of 771.
    const hash = '1577f72ed0582ab05d233daf0c363837';
    expect(text(hash)).toContain(
      `Against ${hash}\n  is the ja3 of this hello, but: version 772 (TLS 1.3)\n  MD5 of  772,4866-`,
    );
  });

  it('is none that is known', () => {
    const hash = '00000000000000000000000000000001';
    expect(text(hash)).toMatch(
      new RegExp(`Against ${hash}\n  none of \\d+ known ways to hash this hello gives ${hash}\\. `),
    );
  });

  it('is a ja4 that differs in some part', () => {
    const theirs = 'q12i010000_62ed6f6ca7ad_0000000000ff';
    const found = explainHello({ hello: parseClientHello(clientHello()), recordVersion: null }, { against: theirs });
    const told = explanationText(found, look);
    expect(told).toContain('Not every part of it is explained by a known deviation:');
    expect(told).toMatch(/transport +q instead of t: no known reason/);
    expect(explanationText(explainJa3String(mutt.ja3, { against: theirs }), look)).toContain(
      'a ja4 cannot be compared with a ja3',
    );
  });
});

describe('JSON', () => {
  it('says all of it in snake_case, and safely', () => {
    const line = explanationJson(hostile, jsonText);
    expect(line).not.toMatch(/[^\x20-\x7e]/);
    const read = JSON.parse(line);
    expect(Object.keys(read)).toEqual([
      'kind',
      'place',
      'hello',
      'lists',
      'fingerprints',
      'openssl',
      'ssl_ja3_differs',
      'against',
      'recognition',
    ]);
    expect(Object.keys(read.fingerprints)).toEqual(['ja3', 'ja3n', 'ssl_ja3', 'ja4', 'ja4_missing']);
    expect(Object.keys(read.fingerprints.ssl_ja3)).toEqual(['3.0', '3.5']);
    expect(Object.keys(read.fingerprints.ja3)).toEqual(['string', 'hash', 'fields']);
    expect(read.hello).toMatchObject({ record_version: { value: 769 }, session_id_length: 0 });
    expect(read.hello.extensions[0].content.host_name).toBe(HOSTILE);
    expect(read.fingerprints.ja3.fields[1].left_out).toEqual([
      { value: 2570, name: 'GREASE (0x0a0a)', grease: true, because: 'grease' },
    ]);
  });

  it('holds a recognition and a comparison', () => {
    const explanation = explainJa3String(mutt.ja3, {
      against: mutt.ja3Hash,
      recognizer: { recognize: () => recognition },
    });
    const read = JSON.parse(explanationJson(explanation, jsonText));
    expect(read.against).toMatchObject({
      hash: mutt.ja3Hash,
      complete: true,
      matches: [{ view: 'ja3', deviations: [] }],
    });
    expect(read.recognition).toMatchObject({ rung: 'situational', candidates: { length: 7 } });
    expect(read.recognition.candidates[0].label.tls_library).toBe('GnuTLS');
  });
});
