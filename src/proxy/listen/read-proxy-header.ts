import type { Socket } from 'node:net';
import { SensorError } from '../../errors.js';
import { type ProxyHeader, readProxyHeader as parse } from '../../haproxy/index.js';
import { PROXY_HEADER_TIMEOUT } from '../limits.js';

/**
 * Reads the PROXY header a connection begins with and puts back what came behind it. In `optional`, a peer that says something else, or nothing for as long as a
 * header may take, goes on without.
 *
 * @returns null where there is none and none is required
 * @throws SensorError (rejects) `proxy_missing`, a code of a broken header, or `closed` where the peer has gone
 */
export function readProxyHeader(socket: Socket, expected: 'required' | 'optional'): Promise<ProxyHeader | null> {
  return new Promise((resolve, reject) => {
    let kept: Uint8Array = new Uint8Array(0);
    const end = (putBack: Uint8Array) => {
      clearTimeout(timer);
      socket.off('readable', onReadable);
      socket.off('close', onClose);
      if (putBack.length > 0 && !socket.destroyed && !socket.readableEnded) socket.unshift(putBack);
    };
    const none = (message: string) => {
      end(kept);
      if (expected === 'optional') resolve(null);
      else reject(new SensorError('proxy_missing', 'signature', 0, message));
    };
    const onReadable = () => {
      const chunk: Uint8Array | null = socket.read();
      if (chunk === null) {
        if (socket.readableEnded || socket.readableLength === 0) none('the connection ended before its PROXY header');
        return;
      }
      kept = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
      const outcome = parse(kept);
      if (outcome.state === 'need_more') return;
      if (outcome.state === 'none') none('a connection without a PROXY header');
      else if (outcome.state === 'rejected') {
        end(kept);
        reject(outcome.error);
      } else {
        end(kept.subarray(outcome.consumed));
        resolve(outcome.header);
      }
    };
    const onClose = () => {
      end(kept);
      reject(
        new SensorError('proxy_missing', 'signature', kept.length, 'the connection ended before its PROXY header'),
      );
    };
    const timer = setTimeout(() => none('no PROXY header came in time'), PROXY_HEADER_TIMEOUT);
    socket.on('readable', onReadable);
    socket.on('close', onClose);
  });
}
