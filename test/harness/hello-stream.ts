import { type HelloSide, HelloStream, type HelloStreamOptions } from '../../src/tls/index.js';
import { type Delivery, throughReusedBuffer } from './every-cut.js';

/** What a HelloStream made of a delivery, and how far into it each hello ended. */
export interface StreamRun {
  readonly hellos: { readonly raw: string; readonly end: number }[];
  readonly rejected: { readonly code: string; readonly field: string; readonly offset: number } | null;
}

/** Feeds a delivery, pushing the rest of a chunk again after each hello, as the contract of `consumed` asks. */
export function runHelloStream<S extends HelloSide = 'client'>(
  delivery: Delivery,
  options: HelloStreamOptions<S> = {},
): StreamRun {
  const stream = new HelloStream<S>(options);
  const hellos: StreamRun['hellos'] = [];
  let rejected: StreamRun['rejected'] = null;
  let position = 0;
  throughReusedBuffer(delivery, (chunk) => {
    let rest = chunk;
    while (rejected === null) {
      const outcome = stream.push(rest);
      if (outcome.state === 'rejected') {
        const { code, field, offset } = outcome.error;
        rejected = { code, field, offset };
      } else if (outcome.state === 'done') {
        hellos.push({
          raw: Buffer.from(outcome.hello.raw).toString('hex'),
          end: position + (chunk.length - rest.length) + outcome.consumed,
        });
        rest = rest.subarray(outcome.consumed);
        if (rest.length > 0) continue;
      }
      break;
    }
    position += chunk.length;
  });
  return { hellos, rejected };
}
