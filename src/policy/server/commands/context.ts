import type { IncomingMessage } from 'node:http';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Recognition } from '../../../model/index.js';
import type { PolicyManagement } from '../../decide/management.js';
import type { Decider, Identify } from '../../decide/options.js';
import { failureAnswer } from '../answers.js';
import type { Guard, Need } from '../guard.js';

export type Application = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What commands work with. */
export interface CommandContext {
  readonly decider: Decider;
  readonly management: PolicyManagement;
  readonly identify: Identify;
  /** The name of what was recognised. */
  readonly clientName: (recognition: Recognition | null) => string | null;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number;
  readonly guard: Guard;
  /** The server is not on its way to its end. */
  readonly isOpen: () => boolean;
  /** Bodies of requests that were taken from their connections already. */
  readonly unread: WeakMap<IncomingMessage, Buffer>;
}

/** What every command may answer beside what it is asked for. */
export const failures = { '4xx': failureAnswer, '5xx': failureAnswer };

/** What a command asks of whoever sends it, and how that is described. */
export function terms(guard: Guard, need: Need) {
  return {
    onRequest: guard.before(need),
    described: {
      security: need === 'nothing' ? [] : [{ password: [] }, { key: [] }],
      tags: [need === 'manage' ? 'manage' : 'ask'],
    },
  };
}
