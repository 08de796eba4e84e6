import type { Recognition } from '../../../src/model/index.js';
import type { HistoryQuestions } from '../../../src/policy/history/questions.js';
import type { PolicyLogin } from '../../../src/policy/login.js';
import type { Conditions, Rule, RuleAction } from '../../../src/policy/rules/model.js';
import { helloOfMutt } from '../proxied-login.js';

/** Sunday 2026-11-22, 12:00 UTC. */
export const SUNDAY_NOON = Date.UTC(2026, 10, 22, 12);

/** What a policy hears of a login of Mutt's, with what a test says instead. */
export function policyLogin(changes: Partial<PolicyLogin> = {}): PolicyLogin {
  const { ja3, ja3n, sslJa3, ja4 } = helloOfMutt;
  return {
    time: SUNDAY_NOON,
    session: 'KfNMtNhgEurGM2QV',
    user: 'alice@example.org',
    remote: '192.0.2.7',
    protocol: 'imap',
    port: 993,
    sni: 'imap.example.org',
    mechanism: 'PLAIN',
    tls: true,
    tlsVersion: 'TLSv1.3',
    clientId: [['name', 'Mutt']],
    views: { ja3, ja3n, sslJa3: sslJa3['3.0'], ja4 },
    client: { device: 'd0', aliases: [], recognition: null },
    ...changes,
  };
}

/** Nothing was told of a client. */
export const unseenClient = {
  views: { ja3: null, ja3n: null, sslJa3: null, ja4: null },
  client: { device: null, aliases: [], recognition: null },
} as const satisfies Partial<PolicyLogin>;

interface Named {
  readonly client: string;
  readonly share: number;
  readonly kind?: string;
}

/** An answer that names these. */
export function recognitionOf(named: readonly Named[], changes: Partial<Recognition> = {}): Recognition {
  const candidates = named.map(({ client, share, kind = 'user agent' }) => ({
    share,
    label: {
      client,
      version: '1',
      tlsLibrary: 'OpenSSL',
      source: 'test',
      view: 'ja3' as const,
      hash: '00000000000000000000000000000000',
      string: null,
      kind,
      weight: 1,
      quality: 'measured',
      sourceRow: 1,
      licence: 'CC0-1.0',
      captured: null,
    },
  }));
  return { rung: 'ja3', score: 1, confidence: null, family: 'OpenSSL', candidates, difference: null, ...changes };
}

/** A past in which nothing was, but for what a test says. */
export function pastWith(changes: Partial<HistoryQuestions> = {}): HistoryQuestions {
  return { client: () => null, network: () => null, totals: () => null, count: () => null, ...changes };
}

/** A rule that is done, with these conditions. It refuses, where a test does not say otherwise. */
export function ruleWhen(
  when: Conditions,
  {
    action = { action: 'reject', message: null },
    ...changes
  }: Partial<Omit<Rule, 'then'>> & { action?: RuleAction } = {},
): Rule {
  // biome-ignore lint/suspicious/noThenProperty: the word that rules have for it, and never a function
  return { name: 'r', when, unless: [], then: action, enforce: true, ...changes };
}
