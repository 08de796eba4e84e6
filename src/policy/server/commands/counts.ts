import type { ListEntry } from '../../../model/index.js';
import type { StatsKey } from '../../decide/management.js';
import { okAnswer, type StatsAnswer, statsAnswer } from '../answers.js';
import { expirationText } from '../expiration.js';
import { readKey } from '../keys.js';
import { keyRequest } from '../requests.js';
import { type Application, type CommandContext, failures, terms } from './context.js';

/** What was counted. */
export function countCommands(app: Application, { management, guard }: CommandContext): void {
  const asking = terms(guard, 'ask');
  app.post('/command/getDBStats', {
    onRequest: asking.onRequest,
    schema: {
      ...asking.described,
      summary: 'What is known of an address, a login, a ja3, or an address with one of these.',
      body: keyRequest,
      response: { 200: statsAnswer, ...failures },
    },
    handler: ({ body }, reply) => {
      const key = readKey(body);
      const { counts, allowed, blocked } = management.stats(key);
      const [bl_reason, bl_expire] = entryTexts(blocked);
      const [wl_reason, wl_expire] = entryTexts(allowed);
      reply.send({
        ...keyAnswer(key),
        blacklisted: blocked !== null,
        bl_reason,
        bl_expire,
        whitelisted: allowed !== null,
        wl_reason,
        wl_expire,
        stats: { ...counts } as StatsAnswer['stats'],
      });
    },
  });
  const managing = terms(guard, 'manage');
  app.post('/command/reset', {
    onRequest: managing.onRequest,
    schema: {
      ...managing.described,
      summary:
        'Forgets what was counted for an address, a login, a ja3, or an address with one of these, and its entry on the block list.',
      body: keyRequest,
      response: { 200: okAnswer, ...failures },
    },
    handler: ({ body }, reply) => {
      management.reset(readKey(body));
      reply.send({ status: 'ok' });
    },
  });
}

function entryTexts(entry: ListEntry | null): readonly [reason: string, expiry: string] {
  return entry === null ? ['', ''] : [entry.reason, expirationText(entry.expires)];
}

function keyAnswer({ ip, login, ja3 }: StatsKey): Pick<StatsAnswer, 'ip' | 'login' | 'ja3' | 'ip_login' | 'ip_ja3'> {
  if (login !== null) return ip === null ? { login } : { ip_login: `${ip}:${login}` };
  if (ja3 !== null) return ip === null ? { ja3 } : { ip_ja3: `${ip}:${ja3}` };
  return { ip: ip ?? '' };
}
