import type { z } from 'zod';
import { type AllowAnswer, allowAnswer, okAnswer } from '../answers.js';
import { readLogin, readReport } from '../read-login.js';
import { type LoginRequest, loginRequest, type ReportRequest, reportRequest } from '../requests.js';
import { answerOf } from '../verdict-answer.js';
import { type Application, type CommandContext, failures, terms } from './context.js';

/** What mail servers send, by its command, and what is answered to it. */
export function loginAnswers({ decider, identify, clientName, now }: Omit<CommandContext, 'guard'>) {
  return {
    allow: (request: LoginRequest): AllowAnswer => {
      const login = readLogin(request, now(), identify);
      return answerOf(decider.decide(login), clientName(login.client.recognition));
    },
    report: (request: ReportRequest): z.output<typeof okAnswer> => {
      decider.report(readLogin(request, now(), identify), readReport(request));
      return { status: 'ok' };
    },
  };
}

/** The same as commands of the server. */
export function loginCommands(app: Application, context: CommandContext): void {
  const { onRequest, described } = terms(context.guard, 'ask');
  const answers = loginAnswers(context);
  app.post('/command/allow', {
    onRequest,
    schema: {
      ...described,
      summary: 'May this login go on? Asked before and after the password is tried.',
      body: loginRequest,
      response: { 200: allowAnswer, ...failures },
    },
    handler: ({ body }, reply) => void reply.send(answers.allow(body)),
  });
  app.post('/command/report', {
    onRequest,
    schema: {
      ...described,
      summary: 'How a login went.',
      body: reportRequest,
      response: { 200: okAnswer, ...failures },
    },
    handler: ({ body }, reply) => void reply.send(answers.report(body)),
  });
}
