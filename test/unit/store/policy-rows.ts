import type { HeardLogin, PolicyBatch, ToldViews } from '../../../src/model/index.js';
import { MUTT } from './rows.js';

/** 32 hex digits that differ by a number. */
export const key = (number: number): string => number.toString(16).padStart(32, '0');

/** Only hashes, as a proxy forwards them. */
export const MUTT_TOLD: ToldViews = {
  ja3: { string: null, hash: MUTT.ja3?.hash ?? '' },
  ja3n: { string: null, hash: MUTT.ja3n?.hash ?? '' },
  sslJa3: { string: null, hash: MUTT.sslJa3['3.0']?.hash ?? '' },
  ja4: { string: null, hash: MUTT.ja4?.hash ?? '' },
};

/** Seconds, of {@link heard} number 0. */
export const FIRST = 1_700_000_000;

/** The `number`-th of any number of different logins that a policy heard of, one a second. */
export function heard(number: number, change: Partial<HeardLogin> = {}): HeardLogin {
  return {
    time: (FIRST + number) * 1000 + 123,
    session: `session${number}`,
    userKey: key(number % 50),
    remote: `192.0.2.${number & 255}`,
    protocol: 'imap',
    port: 993,
    sni: 'imap.example.org',
    mechanism: 'PLAIN',
    tls: true,
    tlsVersion: 'TLSv1.3',
    clientId: [
      ['name', 'Mutt'],
      ['os', null],
    ],
    views: MUTT_TOLD,
    device: key(number % 3),
    outcome: number % 10 === 9 ? 'failed' : 'succeeded',
    effect: { action: 'allow' },
    ignored: null,
    source: 'rules',
    rule: null,
    evidence: [],
    ...change,
  };
}

export function heards(from: number, count: number): HeardLogin[] {
  return Array.from({ length: count }, (_, index) => heard(from + index));
}

export function batch(parts: Partial<PolicyBatch>): PolicyBatch {
  return { heard: [], userClients: [], userNetworks: [], devices: [], usual: [], listed: [], unlisted: [], ...parts };
}

/** Seen from second `firstSeen` to `lastSeen`. */
export const seen = (firstSeen: number, lastSeen: number, succeeded = 1) => ({ firstSeen, lastSeen, succeeded });

export const usual = (counter: string, of: string, learned: number) => ({
  counter,
  key: of,
  usual: 2.5,
  learned,
  since: learned - 100,
  peak: 7,
  peakFrom: learned + 60,
});
