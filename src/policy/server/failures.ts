import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { plainAddress } from '../../endpoint.js';
import { SensorError } from '../../errors.js';
import { failure } from './answers.js';
import type { ServerComplaints } from './complaints.js';

/** Answers whatever goes wrong behind the guard, in wforce's shape, and tells the operator. Neither has anything of a request's content. */
export function failureAnswers(complaints: ServerComplaints) {
  return (error: FastifyError | SensorError, request: FastifyRequest, reply: FastifyReply): void => {
    const found = sensorError(error);
    const status = statusOf(found, error);
    const { code, field, offset, message } = found;
    const from = plainAddress(request.ip);
    if (status === 500 && code === 'policy_server') {
      complaints.about(code, 'a request to the policy server came upon a fault', { code, from, error: error.name });
    } else {
      complaints.about(`${code} ${status}`, 'a request to the policy server could not be taken', {
        code,
        field,
        offset,
        what: message,
        from,
      });
    }
    reply.code(status).send(failure(reasonOf(found)));
  };
}

function sensorError(error: FastifyError | SensorError): SensorError {
  if (error instanceof SensorError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [first] = error.validation;
    const field = (first?.instancePath ?? '').slice(1).replaceAll('/', '.') || 'body';
    return new SensorError('policy_request', field, 0, 'not what is expected here');
  }
  const { statusCode } = error;
  if (statusCode === 413) return new SensorError('policy_request', 'body', 0, 'too long');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new SensorError('policy_request', 'http', 0, 'no such request can be answered');
  }
  return new SensorError('policy_server', 'command', 0, 'a fault of the server');
}

/** wforce answers 500 to an address that is none. */
function statusOf({ code }: SensorError, error: FastifyError | SensorError): number {
  if (code === 'policy_request')
    return 'statusCode' in error && error.statusCode !== undefined ? error.statusCode : 400;
  return code === 'policy_list_full' ? 507 : 500;
}

function reasonOf({ code, field, offset, message }: SensorError): string {
  if (code === 'policy_server') return 'Internal error';
  return `${field}${offset > 0 ? ` at byte ${offset}` : ''}: ${message}`;
}
