import { allowAnswer, okAnswer } from '../answers.js';
import { readLogin, readReport } from '../read-login.js';
import { loginRequest, reportRequest } from '../requests.js';
import { answerOf } from '../verdict-answer.js';
import { type Application, type CommandContext, failures, terms } from './context.js';

/** What mail servers send. */
export function loginCommands(app: Application, { decider, identify, clientName, now, guard }: CommandContext): void {
  const { onRequest, described } = terms(guard, 'ask');
  app.post('/command/allow', {
    onRequest,
    schema: {
      ...described,
      summary: 'May this login go on? Asked before and after the password is tried.',
      body: loginRequest,
      response: { 200: allowAnswer, ...failures },
    },
    handler: (request, reply) => {
      const login = readLogin(request.body, now(), identify);
      reply.send(answerOf(decider.decide(login), clientName(login.client.recognition)));
    },
  });
  app.post('/command/report', {
    onRequest,
    schema: {
      ...described,
      summary: 'How a login went.',
      body: reportRequest,
      response: { 200: okAnswer, ...failures },
    },
    handler: (request, reply) => {
      decider.report(readLogin(request.body, now(), identify), readReport(request.body));
      reply.send({ status: 'ok' });
    },
  });
}
