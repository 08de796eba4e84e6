import { failure, okAnswer } from '../answers.js';
import { type Application, type CommandContext, failures, terms } from './context.js';

/** Whether the server is there. */
export function healthCommands(app: Application, { guard, isOpen }: CommandContext): void {
  const asking = terms(guard, 'ask');
  for (const method of ['GET', 'POST'] as const) {
    app.route({
      method,
      url: '/command/ping',
      onRequest: asking.onRequest,
      schema: {
        ...asking.described,
        summary: 'Is the server there?',
        response: { 200: okAnswer, ...failures },
      },
      handler: (_, reply) => void reply.send({ status: 'ok' }),
    });
  }
  const { onRequest, described } = terms(guard, 'nothing');
  app.get('/command/livez', {
    onRequest,
    schema: {
      ...described,
      summary: 'The process answers. Needs no password.',
      response: { 200: okAnswer, ...failures },
    },
    handler: (_, reply) => void reply.send({ status: 'ok' }),
  });
  app.get('/command/readyz', {
    onRequest,
    schema: {
      ...described,
      summary: 'Logins are decided about: 503 while the server ends. Needs no password.',
      response: { 200: okAnswer, ...failures },
    },
    handler: (_, reply) => {
      if (isOpen()) reply.send({ status: 'ok' });
      else reply.code(503).send(failure('Closing'));
    },
  });
}
