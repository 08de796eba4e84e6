import { z } from 'zod';

export const failureAnswer = z.object({
  status: z.literal('failure'),
  reason: z.string(),
  ip: z.string().optional().describe('the address the request came from, where that is the reason'),
});

export const okAnswer = z.object({ status: z.literal('ok') });

export const addedAnswer = z.object({
  status: z.literal('ok'),
  warning: z.string().optional().describe('why one may want to think again'),
});

export const allowAnswer = z.object({
  status: z.int().min(-1).describe('-1: refuse; 0: go on; above: seconds the mail server makes the login wait'),
  msg: z.string().describe('for the client; empty unless the login is refused'),
  r_attrs: z
    .record(z.string(), z.string())
    .describe(
      '`rule`, `verdict`, `would` (what a rule that only reports would have done), `client`, `evidence`; of an entry of a list `whitelisted` or `blacklisted`, `expiration`, `reason`, `key`',
    ),
});

/** wforce's: `2025-Jun-20 15:09:34`, UTC. */
const expiry = z.string().regex(/^\d{4}-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d$/);

const entry = z.object({
  ip: z.string().optional(),
  login: z.string().optional(),
  ja3: z.string().optional(),
  iplogin: z.string().optional().describe('`address:login`'),
  ipja3: z.string().optional().describe('`address:ja3`'),
  expiration: expiry,
  reason: z.string(),
});

export const blockListAnswer = z.object({ bl_entries: z.array(entry) });
export const allowListAnswer = z.object({ wl_entries: z.array(entry) });

export const statsAnswer = z.object({
  ip: z.string().optional(),
  login: z.string().optional(),
  ja3: z.string().optional(),
  ip_login: z.string().optional().describe('`address:login`'),
  ip_ja3: z.string().optional().describe('`address:ja3`'),
  blacklisted: z.boolean(),
  bl_reason: z.string(),
  bl_expire: z.union([expiry, z.literal('')]),
  whitelisted: z.boolean(),
  wl_reason: z.string(),
  wl_expire: z.union([expiry, z.literal('')]),
  stats: z.record(z.string(), z.record(z.string(), z.number())),
});

export type AllowAnswer = z.output<typeof allowAnswer>;
export type FailureAnswer = z.output<typeof failureAnswer>;
export type ListedEntry = z.output<typeof entry>;
export type StatsAnswer = z.output<typeof statsAnswer>;

export function failure(reason: string): FailureAnswer {
  return { status: 'failure', reason };
}

/** Every answer, by the name it has in the API's description. */
export const answerSchemas = {
  failureAnswer,
  okAnswer,
  addedAnswer,
  allowAnswer,
  blockListAnswer,
  allowListAnswer,
  statsAnswer,
};
