import { SensorError } from '../../errors.js';

/**
 * Reads a body as JSON, whatever its Content-Type says.
 *
 * @throws SensorError `policy_request` with the byte it fails at; never with what stands there: it may be a user's name
 */
export function readJson(body: Buffer): unknown {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    const offset = Buffer.byteLength(text.slice(0, placeOf(error, text.length)));
    throw new SensorError('policy_request', 'body', offset, body.length === 0 ? 'empty' : 'not JSON');
  }
}

/** V8 says where, but at the text's end: `Unexpected token } in JSON at position 12`. */
function placeOf(error: unknown, end: number): number {
  const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  return position === undefined ? end : Number(position);
}
