import { Readable } from 'node:stream';
import swagger from '@fastify/swagger';
import fastify from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { failure } from './answers.js';
import { readJson } from './body.js';
import type { Application, CommandContext } from './commands/context.js';
import { failures, terms } from './commands/context.js';
import { countCommands } from './commands/counts.js';
import { healthCommands } from './commands/health.js';
import { listCommands } from './commands/lists.js';
import { loginCommands } from './commands/logins.js';
import type { ServerComplaints } from './complaints.js';
import { failureAnswers } from './failures.js';
import { MAX_BODY } from './limits.js';
import { describedBy } from './openapi.js';
import { commandTarget } from './target.js';

/** All that is between a request and its answer; it listens nowhere itself. */
export async function application(
  version: string,
  context: CommandContext,
  complaints: ServerComplaints,
): Promise<Application> {
  const fail = failureAnswers(complaints);
  const app = fastify({
    logger: false,
    bodyLimit: MAX_BODY,
    exposeHeadRoutes: false,
    rewriteUrl: ({ url }) => commandTarget(url ?? '/'),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  // Answers are not checked against their schemas: a test does that, and a wrong answer is worth more than none.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  app.setErrorHandler(fail);
  bodiesOfJson(app, context.unread);
  app.addHook('onRequest', context.guard.beforeAll);
  // While the server ends, every answer is its connection's last.
  app.addHook('onSend', (_, reply, payload, done) => {
    if (!context.isOpen()) reply.header('connection', 'close');
    done(null, payload);
  });
  await app.register(swagger, describedBy(version));
  loginCommands(app, context);
  listCommands(app, context, complaints);
  countCommands(app, context);
  healthCommands(app, context);
  description(app, context);
  const mayAsk = context.guard.before('ask');
  app.setNotFoundHandler((request, reply) => {
    mayAsk(request, reply, () => void reply.code(404).send(failure('Not found')));
  });
  await app.ready();
  return app;
}

/** Every body is taken for JSON, as wforce takes it. It is read once it is there, so that a broken one leaves its connection and what follows on it alone. */
function bodiesOfJson(app: Application, unread: CommandContext['unread']): void {
  app.removeAllContentTypeParsers();
  app.addHook('preParsing', ({ raw }, _, payload, done) => {
    const body = unread.get(raw);
    done(null, body === undefined ? payload : Readable.from([body]));
  });
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  app.addHook('preValidation', (request, _, done) => {
    if (Buffer.isBuffer(request.body)) request.body = readJson(request.body);
    done();
  });
}

function description(app: Application, { guard }: CommandContext): void {
  const { onRequest, described } = terms(guard, 'ask');
  app.get('/openapi.json', {
    onRequest,
    schema: {
      ...described,
      summary: 'This description.',
      response: { 200: z.record(z.string(), z.unknown()), ...failures },
    },
    handler: (_, reply) => void reply.send({ ...app.swagger() }),
  });
}
