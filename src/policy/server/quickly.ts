import type { IncomingMessage, RequestListener } from 'node:http';
import { readJson } from './body.js';
import type { CommandContext } from './commands/context.js';
import { loginAnswers } from './commands/logins.js';
import { MAX_BODY } from './limits.js';
import { loginRequest, reportRequest } from './requests.js';
import { commandTarget } from './target.js';

/** Answers to a body, as JSON. null: it is not what is expected. */
type Answering = (body: unknown) => string | null;

/**
 * Answers what mail servers send all day, questions and reports with nothing unusual about them, before the framework is asked, which takes as long as all the rest that is done about them. Everything
 * else, refusals and mistakes included, is left to it: what is answered is the same.
 *
 * @param others answers everything else
 */
export function quickly(context: CommandContext, others: RequestListener): RequestListener {
  const { guard, isOpen, unread } = context;
  const answers = loginAnswers(context);
  const commands = new Map<string, Answering>([
    [
      '/command/allow',
      (body) => {
        const { data } = loginRequest.safeParse(body);
        return data === undefined ? null : JSON.stringify(answers.allow(data));
      },
    ],
    [
      '/command/report',
      (body) => {
        const { data } = reportRequest.safeParse(body);
        return data === undefined ? null : JSON.stringify(answers.report(data));
      },
    ],
  ]);
  return (request, response) => {
    const answering = hasPlainBody(request) ? commands.get(commandTarget(request.url ?? '/')) : undefined;
    if (answering === undefined || !guard.mayAsk(request)) {
      others(request, response);
      return;
    }
    readBody(request, (body) => {
      const answer = answerTo(body, answering);
      if (answer === null) {
        unread.set(request, body);
        guard.leave(request);
        others(request, response);
        return;
      }
      response.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(answer),
        // While the server ends, every answer is its connection's last.
        ...(isOpen() ? {} : { connection: 'close' }),
      });
      response.end(answer);
    });
  };
}

function hasPlainBody({ method, headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length']);
  return method === 'POST' && length > 0 && length <= MAX_BODY;
}

/** As long as it was announced: the parser of HTTP sees to that. Of one that breaks off nothing more is heard. */
function readBody(request: IncomingMessage, take: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => take(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
}

/** Whatever goes wrong goes wrong again where it is told. */
function answerTo(body: Buffer, answering: Answering): string | null {
  try {
    return answering(readJson(body));
  } catch {
    return null;
  }
}
