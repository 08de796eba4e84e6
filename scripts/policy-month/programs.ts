import { readFileSync } from 'node:fs';
import { type Ja3Lists, ja3OfLists, parseJa3String, sslJa3OfLists } from '../../src/fingerprint/index.js';
import { parseLabelFile } from '../../src/lists/index.js';
import type { ToldViews } from '../../src/model/index.js';

/** Programs whose hello is known, by the name used here. */
export const PROGRAMS = {
  apple: 'Apple Mail on phone and computer',
  'apple, updated': 'the same with a post-quantum group',
  android: 'a mail program on Android',
  'windows, old': 'Outlook on an old Windows',
  windows: 'Outlook',
  'thunderbird, old': 'Thunderbird 102',
  thunderbird: 'Thunderbird 153',
  gnutls: 'Mutt, Claws Mail and others with GnuTLS',
  'openssl, old': "a program of OpenSSL 1.1.1's distributions",
  python: 'Python, offlineimap, getmail, fetchmail, fdm, Perl; hydra',
  openssl: 'mbsync, PHP, openssl s_client',
  curl: 'curl',
  go: 'Go',
  java: 'JavaMail',
  node: 'Node',
  'git send-email': 'git send-email',
} as const;
export type ProgramName = keyof typeof PROGRAMS;

/**
 * Hellos of programs that no shipped label has, from public sources: the hash printed there is beside each, and a test holds one to the other. Apple's and
 * Android's were seen on the web; what Mail sends differs in ALPN only, which no device key has.
 */
export const PUBLISHED: Readonly<Partial<Record<ProgramName, { readonly ja3: string; readonly hash: string }>>> = {
  // Apple's Network.framework (iOS 15 and later).
  apple: {
    ja3: '771,4865-4866-4867-49196-49195-52393-49200-49199-52392-49162-49161-49172-49171-157-156-53-47-49160-49170-10,0-23-65281-10-11-16-5-13-18-51-45-43-27-21,29-23-24-25,0',
    hash: '773906b0efdefa24a7f2b8eb6985bf37',
  },
  // Conscrypt of Android 10.
  android: {
    ja3: '771,4865-4866-4867-49195-49196-52393-49199-49200-52392-49171-49172-156-157-47-53,0-23-65281-10-11-35-16-5-13-51-45-43-21,29-23-24,0',
    hash: 'f79b6bad2ad0641e1921aef10262856b',
  },
  // Schannel of Windows 10, which still offers 3DES, and of Windows 11.
  'windows, old': {
    ja3: '771,49196-49195-49200-49199-49188-49187-49192-49191-49162-49161-49172-49171-157-156-61-60-53-47-10,0-10-11-13-35-23-65281,29-23-24,0',
    hash: '37f463bf4616ecd445d4a1937da06e19',
  },
  windows: {
    ja3: '771,49196-49195-49200-49199-49188-49187-49192-49191-49162-49161-49172-49171-157-156-61-60-53-47,0-10-11-13-35-23-65281,29-23-24,0',
    hash: '6a5d235ee78c6aede6a61448b4e9ff1e',
  },
};

/** Where the others are found among the shipped labels. */
const LABELLED: Readonly<Partial<Record<ProgramName, string>>> = {
  'thunderbird, old': 'Thunderbird',
  thunderbird: 'thunderbird',
  gnutls: 'claws-mail',
  'openssl, old': 'OpenSSL',
  python: 'python3-mail',
  openssl: 'mbsync',
  curl: 'curl',
  go: 'go',
  java: 'javamail',
  node: 'node',
  'git send-email': 'git-send-email',
};

const NSS: ReadonlySet<ProgramName> = new Set(['thunderbird', 'thunderbird, old']);

const SERVER_NAME = 0;
const PADDING = 21;
const SESSION_TICKET = 35;
const PRE_SHARED_KEY = 41;
const KEY_SHARE = 51;
const X25519MLKEM768 = 4588;

/** What changes of a program's hello from one connection to the next. */
export interface Situation {
  /** A host name was given, not an address. */
  readonly named: boolean;
  readonly resumed: boolean;
  /** The server's name is of the length that makes the hello one that is padded (RFC 7685: between 256 and 511 bytes). */
  readonly padded: boolean;
  /** By whom: `ja3` through a proxy that saw the hello, `ssl_ja3` by Dovecot 2.4 itself. */
  readonly toldAs: 'ja3' | 'ssl_ja3';
}

/** The hellos of all programs, in every situation. */
export class Programs {
  readonly #lists: ReadonlyMap<ProgramName, Ja3Lists>;
  readonly #views = new Map<string, ToldViews>();

  /** @param labels the folder of the shipped label files */
  constructor(labels: URL) {
    const rows = ['debian12-mail-clients.csv', 'dovecot-docs.csv'].flatMap((file) =>
      parseLabelFile(readFileSync(new URL(file, labels), 'utf8'), file),
    );
    const lists = new Map<ProgramName, Ja3Lists>();
    for (const program of Object.keys(PROGRAMS) as ProgramName[]) {
      const label = rows.find(({ client }) => client === LABELLED[program]);
      const string = PUBLISHED[program]?.ja3 ?? label?.string;
      if (typeof string === 'string') lists.set(program, parseJa3String(string));
    }
    const apple = lists.get('apple')!;
    lists.set('apple, updated', { ...apple, supportedGroups: [X25519MLKEM768, ...apple.supportedGroups] });
    const missing = Object.keys(PROGRAMS).find((program) => !lists.has(program as ProgramName));
    if (missing !== undefined) throw new Error(`no label has the hello of ${missing}`);
    this.#lists = lists;
  }

  /** What a server is told of one hello. The same object for the same hello. */
  views(program: ProgramName, situation: Situation): ToldViews {
    const key = `${program}|${situation.named}|${situation.resumed}|${situation.padded}|${situation.toldAs}`;
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const lists = inSituation(this.#lists.get(program)!, situation, NSS.has(program));
    const told = { ja3: null, ja3n: null, sslJa3: null, ja4: null };
    const views: ToldViews =
      situation.toldAs === 'ja3'
        ? { ...told, ja3: ja3OfLists(lists) }
        : { ...told, sslJa3: sslJa3OfLists(lists, '3.0') };
    this.#views.set(key, views);
    return views;
  }
}

/** Where what is added has its place: the name first (as OpenSSL, NSS and Go have it), pre_shared_key last (RFC 8446 section 4.2.11), padding before it. */
function inSituation(lists: Ja3Lists, { named, resumed, padded }: Situation, nss: boolean): Ja3Lists {
  const pads = lists.extensions.includes(PADDING);
  // Those that speak TLS 1.2 only resume by the session ticket that they send anyway.
  const byKey = resumed && lists.extensions.includes(KEY_SHARE);
  // NSS leaves its session ticket out where it resumes by a key.
  const kept = lists.extensions.filter(
    (type) => type !== SERVER_NAME && type !== PADDING && !(type === SESSION_TICKET && byKey && nss),
  );
  const extensions = [
    ...(named ? [SERVER_NAME] : []),
    ...kept,
    ...(pads && padded ? [PADDING] : []),
    ...(byKey ? [PRE_SHARED_KEY] : []),
  ];
  return { ...lists, extensions };
}
