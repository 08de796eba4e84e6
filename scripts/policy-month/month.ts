import type { ClientId, ToldViews } from '../../src/model/index.js';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Monday 2026-06-01, 00:00 UTC: the first day that is counted. */
export const BEGIN = Date.UTC(2026, 5, 1);
export const DAYS = 30;
export const END = BEGIN + DAYS * DAY;
/** Days before, in which the sensor learns and nothing is counted. */
export const LEAD_IN = 21;
export const START = BEGIN - LEAD_IN * DAY;

/** Why a login of somebody who may log in is as it is: what a false alarm is put down to. */
export const CAUSES = [
  'everyday',
  'new device',
  'program updated',
  'old password',
  'mistyped password',
  'traveller',
  'new user',
  'script',
  'webmail',
  'fetcher',
  'virus scanner',
] as const;
export type Cause = (typeof CAUSES)[number];

export const ATTACKS = ['fast spray', 'slow spray', 'rare tool', 'take-over'] as const;
export type AttackName = (typeof ATTACKS)[number];

/** One of an attacker's logins. */
export interface Attack {
  readonly name: AttackName;
  /** What a take-over is done with; the attack's name elsewhere. */
  readonly tool: string;
  /** Of a take-over: the account's first. */
  readonly first: boolean;
}

/** One attempt: what the server is told, and the truth. */
export interface MonthLogin {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly user: string;
  readonly remote: string;
  readonly protocol: string;
  readonly port: number;
  readonly sni: string | null;
  readonly clientId: ClientId | null;
  readonly views: ToldViews;
  /** The password is right. */
  readonly right: boolean;
  /** null: it is no attack. */
  readonly attack: Attack | null;
  readonly cause: Cause;
}
