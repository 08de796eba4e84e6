import { SensorError } from '../../errors.js';
import { jsonFault } from './json-fault.js';

/**
 * Reads a body as JSON, whatever its Content-Type says.
 *
 * @throws SensorError `policy_request` with the byte it fails at; never with what stands there: it may be a user's name
 */
export function readJson(body: Buffer): unknown {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    const offset = Buffer.byteLength(text.slice(0, jsonFault(text) ?? text.length));
    throw new SensorError('policy_request', 'body', offset, body.length === 0 ? 'empty' : 'not JSON');
  }
}
