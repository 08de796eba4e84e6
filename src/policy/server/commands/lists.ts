import type { ListEntry } from '../../../model/index.js';
import { addedAnswer, allowListAnswer, blockListAnswer, type ListedEntry, okAnswer } from '../answers.js';
import type { ServerComplaints } from '../complaints.js';
import { expirationText } from '../expiration.js';
import { readEntryKey } from '../keys.js';
import { entryKeyRequest, entryRequest } from '../requests.js';
import { type Application, type CommandContext, failures, terms } from './context.js';

/** For an entry of the allow list that names nothing but a fingerprint. */
const EXEMPTS_SHARERS =
  'whoever shares this fingerprint is exempt from all rules: add an address or name users, for attack tools share those of honest programs';

/** The allow list (wforce: whitelist, WL) and the block list (blacklist, BL). */
export function listCommands(app: Application, context: CommandContext, complaints: ServerComplaints): void {
  changes(app, context, complaints, 'allow', 'WL');
  changes(app, context, complaints, 'block', 'BL');
  const { management, guard } = context;
  const { onRequest, described } = terms(guard, 'manage');
  for (const method of ['GET', 'POST'] as const) {
    app.route({
      method,
      url: '/command/getBL',
      onRequest,
      schema: { ...described, summary: 'The block list.', response: { 200: blockListAnswer, ...failures } },
      handler: (_, reply) => void reply.send({ bl_entries: management.listed('block').map(listed) }),
    });
    app.route({
      method,
      url: '/command/getWL',
      onRequest,
      schema: { ...described, summary: 'The allow list.', response: { 200: allowListAnswer, ...failures } },
      handler: (_, reply) => void reply.send({ wl_entries: management.listed('allow').map(listed) }),
    });
  }
}

function changes(
  app: Application,
  context: CommandContext,
  complaints: ServerComplaints,
  list: ListEntry['list'],
  name: string,
): void {
  const { management, now, guard } = context;
  const { onRequest, described } = terms(guard, 'manage');
  app.post(`/command/add${name}Entry`, {
    onRequest,
    schema: {
      ...described,
      summary: `Puts an entry on the ${list} list; one with the same key is replaced.`,
      body: entryRequest,
      response: { 200: addedAnswer, ...failures },
    },
    handler: ({ body }, reply) => {
      const expires = Math.floor(now() / 1000) + body.expire_secs;
      const key = readEntryKey(body);
      management.add({ ...key, list, expires, reason: body.reason });
      if (list === 'block' || key.ip !== null || key.login !== null) reply.send({ status: 'ok' });
      else {
        complaints.about('allowed_fingerprint', 'an entry was put on the allow list', { warning: EXEMPTS_SHARERS });
        reply.send({ status: 'ok', warning: EXEMPTS_SHARERS });
      }
    },
  });
  app.post(`/command/del${name}Entry`, {
    onRequest,
    schema: {
      ...described,
      summary: `Takes an entry off the ${list} list, if it is there.`,
      body: entryKeyRequest,
      response: { 200: okAnswer, ...failures },
    },
    handler: ({ body }, reply) => {
      management.remove(list, readEntryKey(body));
      reply.send({ status: 'ok' });
    },
  });
}

/** wforce's names of the combinations: `iplogin`, `ipja3`, with a colon between. */
function listed({ ip, login, ja3, expires, reason }: ListEntry): ListedEntry {
  const rest = { expiration: expirationText(expires), reason };
  if (login !== null) return ip === null ? { login, ...rest } : { iplogin: `${ip}:${login}`, ...rest };
  if (ja3 !== null) return ip === null ? { ja3, ...rest } : { ipja3: `${ip}:${ja3}`, ...rest };
  return { ip: ip ?? '', ...rest };
}
