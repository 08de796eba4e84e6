import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { labelsFolder } from '../../../../src/cli/package-root.js';
import { identifier } from '../../../../src/cli/policy/identify.js';
import { REMEMBERED_FINGERPRINTS } from '../../../../src/cli/policy/limits.js';
import { recordedStrings } from '../../../../src/cli/policy/recorded-strings.js';
import { ja3nOfLists, parseJa3String, sslJa3OfLists } from '../../../../src/fingerprint/index.js';
import { readLabelFolder } from '../../../../src/lists/index.js';
import type { ToldViews } from '../../../../src/model/index.js';
import { openStore } from '../../../../src/store/index.js';
import { MUTT_JA3, MUTT_SSL_JA3, withExtensions } from '../../recognize/labels.js';
import { temporaryFolder } from '../../store/folder.js';
import { observation } from '../../store/rows.js';

const labels = readLabelFolder(labelsFolder);
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const nobody = () => null;

const told = (views: Partial<ToldViews>): ToldViews => ({ ja3: null, ja3n: null, sslJa3: null, ja4: null, ...views });
const hashOf = (string: string) => ({ string: null, hash: md5(string) });
const bothOf = (string: string) => ({ string, hash: md5(string) });

/** A client nobody knows, and the same when it resumes a session. */
const STRANGE = MUTT_JA3.replace('4866-4867', '4867-4866');
const RESUMED = withExtensions(STRANGE, (types) => [...types, 41]);

describe('one client, however it is told of', () => {
  it('has one device and one name', async () => {
    const identify = await identifier(labels, nobody, { names: true });
    const ja3n = ja3nOfLists(parseJa3String(MUTT_JA3)).hash;
    const tellings: readonly ToldViews[] = [
      told({ ja3: bothOf(MUTT_JA3) }),
      told({ ja3: hashOf(MUTT_JA3) }),
      told({ ja3n: { string: null, hash: ja3n } }),
      // The Dovecot documentation's own example, natively as string and as hash.
      told({ sslJa3: bothOf(MUTT_SSL_JA3) }),
      told({ sslJa3: { string: null, hash: 'b7e9d913d85c071f5b806d59601e9b96' } }),
      // The same under the name it has in examples for wforce.
      told({ ja3: { string: null, hash: 'b7e9d913d85c071f5b806d59601e9b96' } }),
      told({ ja3: hashOf(MUTT_JA3), ja3n: { string: null, hash: ja3n }, sslJa3: hashOf(MUTT_SSL_JA3) }),
      // Resumed, and without a server name.
      told({ ja3: bothOf(withExtensions(MUTT_JA3, (types) => [...types, 41])) }),
      told({ ja3: hashOf(withExtensions(MUTT_JA3, (types) => [...types, 41])) }),
      told({ sslJa3: hashOf(withExtensions(MUTT_SSL_JA3, (types) => types.filter((type) => type !== 0))) }),
    ];
    const seen = tellings.map(identify);
    expect(new Set(seen.map(({ device }) => device)).size).toBe(1);
    for (const { recognition } of seen) {
      expect(recognition?.candidates.map(({ label }) => label.client)).toContain('mutt');
    }
  });

  it('is named where a label has no more than the hash that Dovecot computed, told as ja3', async () => {
    const mutt = labels.find(({ client, view }) => client === 'mutt' && view === 'ja3')!;
    const bare = { ...mutt, string: null };
    const [asSslJa3, asJa3] = await Promise.all(
      (['ssl_ja3', 'ja3'] as const).map((view) => identifier([{ ...bare, view }], nobody, { names: true })),
    );
    const views = told({ ja3: { string: null, hash: bare.hash } });
    expect(asSslJa3!(views).recognition).toMatchObject({
      rung: 'ssl_ja3',
      candidates: [{ label: { client: 'mutt' } }],
    });
    expect(asJa3!(views).recognition).toMatchObject({ rung: 'ja3', candidates: [{ label: { client: 'mutt' } }] });
    // Whoever tells an ssl_ja3 too knows them apart.
    const both = told({ ja3: views.ja3, sslJa3: hashOf(STRANGE) });
    expect(asSslJa3!(both).recognition?.rung).toBe('none');
  });

  it('is not said to be known by a ja3 that nobody told', async () => {
    const identify = await identifier(labels, nobody, { names: true });
    const ja3n = { string: null, hash: ja3nOfLists(parseJa3String(MUTT_JA3)).hash };
    expect(identify(told({ ja3n })).recognition?.rung).toBe('unordered');
    expect(identify(told({ ja3: hashOf(MUTT_JA3), ja3n })).recognition?.rung).toBe('ja3');
  });

  it('has none where nothing is told, and no name where none are wanted', async () => {
    const identify = await identifier(labels, nobody, { names: false });
    expect(identify(told({}))).toEqual({ device: null, aliases: [], recognition: null });
    const seen = identify(told({ ja3: bothOf(MUTT_JA3) }));
    const key = expect.stringMatching(/^[0-9a-f]{32}$/);
    expect(seen).toEqual({ device: key, aliases: [key, key], recognition: null });
  });
});

describe('a client that no label knows', () => {
  it('is the same in every situation where strings are told', async () => {
    const identify = await identifier(labels, nobody, { names: true });
    const devices = [STRANGE, RESUMED].map((string) => identify(told({ ja3: bothOf(string) })).device);
    expect(devices[0]).toBe(devices[1]);
  });

  it('is told apart by a hash alone, but is another in another situation', async () => {
    const identify = await identifier(labels, nobody, { names: true });
    const [one, again, resumed] = [STRANGE, STRANGE, RESUMED].map((string) => identify(told({ ja3: hashOf(string) })));
    expect(one!.device).toMatch(/^[0-9a-f]{32}$/);
    expect(again!.device).toBe(one!.device);
    expect(resumed!.device).not.toBe(one!.device);
  });

  it('is found by a hash where the database has recorded its hello', async () => {
    const path = join(temporaryFolder(), 'sensor.db');
    const store = await openStore(path, { create: true });
    onTestFinished(() => store.close());
    const lists = parseJa3String(STRANGE);
    store.observations.record([
      observation(1, {
        fingerprint: {
          ja3: bothOf(STRANGE),
          ja3n: ja3nOfLists(lists),
          sslJa3: { '3.0': sslJa3OfLists(lists, '3.0'), '3.5': sslJa3OfLists(lists, '3.5') },
          ja4: { string: 't13d2913h2_a_b', hash: 't13d291300_5b57614c22b0_ac1b2d3c4e5f' },
        },
      }),
    ]);
    const strings = recordedStrings(store);
    const identify = await identifier(labels, strings, { names: true });
    const identifyNobody = await identifier(labels, nobody, { names: false });
    const device = identify(told({ ja3: bothOf(STRANGE) })).device;
    for (const views of [
      told({ ja3: hashOf(STRANGE) }),
      told({ ja3n: { string: null, hash: ja3nOfLists(lists).hash } }),
      told({ sslJa3: { string: null, hash: sslJa3OfLists(lists, '3.5').hash } }),
      // As examples for wforce tell it.
      told({ ja3: { string: null, hash: sslJa3OfLists(lists, '3.5').hash } }),
      told({ ja4: { string: null, hash: 't13d291300_5b57614c22b0_ac1b2d3c4e5f' } }),
    ]) {
      const known = identify(views);
      expect(known.device).toBe(device);
      // What it was before anybody knew it, whatever was told together then.
      const before = identifyNobody(views);
      expect(before.device).not.toBe(device);
      expect(known.aliases).toContain(before.device);
      expect(new Set(known.aliases)).toEqual(new Set([before.device, ...before.aliases]));
      // The name is that of the strings: a hash says nothing of what it is like.
      expect(identify(views).recognition?.family).toBe('GnuTLS');
    }
    expect(strings(md5(STRANGE).slice(0, 8))).toBeNull();
    expect(strings(md5(RESUMED))).toBeNull();
  });

  it('is no one where a value fits several', async () => {
    const path = join(temporaryFolder(), 'sensor.db');
    const store = await openStore(path, { create: true });
    onTestFinished(() => store.close());
    const ja4 = { string: 't13d2913h2_a_b', hash: 't13d291300_5b57614c22b0_ac1b2d3c4e5f' };
    for (const [i, string] of [MUTT_JA3, STRANGE].entries()) {
      const lists = parseJa3String(string);
      const sslJa3 = { '3.0': sslJa3OfLists(lists, '3.0'), '3.5': sslJa3OfLists(lists, '3.5') };
      store.observations.record([
        observation(i, { fingerprint: { ja3: bothOf(string), ja3n: ja3nOfLists(lists), sslJa3, ja4 } }),
      ]);
    }
    expect(recordedStrings(store)(ja4.hash)).toBeNull();
    expect(recordedStrings(store)(md5(STRANGE))?.ja3?.string).toBe(STRANGE);
  });
});

describe('keys a client has had', () => {
  it('are those by each hash that is told, also under the other name of a ja3 or ssl_ja3', async () => {
    const identify = await identifier([], nobody, { names: false });
    const lists = parseJa3String(STRANGE);
    const views = {
      ja3: bothOf(STRANGE),
      ja3n: ja3nOfLists(lists),
      sslJa3: sslJa3OfLists(lists, '3.0'),
      ja4: { string: null, hash: 't13d291300_5b57614c22b0_ac1b2d3c4e5f' },
    };
    const { device, aliases } = identify(views);
    const alone = (['ja3', 'ja3n', 'sslJa3', 'ja4'] as const).map((view) =>
      identify(told({ [view]: { string: null, hash: views[view].hash } })),
    );
    expect(aliases).toEqual(expect.arrayContaining(alone.map((each) => each.device)));
    const swapped = [told({ ja3: { ...views.sslJa3, string: null } }), told({ sslJa3: hashOf(STRANGE) })];
    expect(aliases).toEqual(expect.arrayContaining(swapped.map((each) => identify(each).device)));
    expect(aliases).not.toContain(device);
    expect(new Set(aliases).size).toBe(aliases.length);
    // Where nothing but hashes is known, the other keys are aliases.
    for (const each of alone) expect(each.aliases).not.toContain(each.device);
    const unknown = identify(told({ ja3: hashOf(STRANGE), ja4: views.ja4 }));
    expect(unknown.aliases).toContain(alone[3]!.device);
  });
});

describe('what is remembered', () => {
  it('is asked for once, also what nobody knows, and is bounded: the longest unasked goes', async () => {
    const asked: string[] = [];
    const identify = await identifier(
      [],
      (hash) => {
        asked.push(hash);
        return null;
      },
      { names: false },
    );
    const ask = (i: number) => identify(told({ ja3: hashOf(String(i)) }));
    for (let i = 0; i < REMEMBERED_FINGERPRINTS; i++) ask(i);
    ask(0);
    ask(1);
    expect(asked).toHaveLength(REMEMBERED_FINGERPRINTS);
    ask(REMEMBERED_FINGERPRINTS);
    asked.length = 0;
    ask(0);
    ask(1);
    expect(asked).toEqual([]);
    ask(2);
    expect(asked).toEqual([md5('2')]);
  });

  it('is not what there was no time to compare', async () => {
    let time = 0;
    const identify = await identifier(labels, nobody, { names: true, now: () => (time += 80) });
    const strange = (i: number) => told({ ja3: bothOf(MUTT_JA3.replace('4866', String(0xfe00 + i))) });
    for (let i = 0; i < 2; i++) expect(identify(strange(i)).recognition?.rung).not.toBe('none');
    const late = identify(strange(9));
    expect(late.recognition?.rung).toBe('none');
    time += 10_000;
    expect(identify(strange(9)).recognition?.rung).not.toBe('none');
    expect(identify(strange(9)).device).toBe(late.device);
  });
});
