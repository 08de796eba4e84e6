import { Networks } from '../networks.js';
import { MAX_HELLO_BYTES } from '../tls/index.js';
import { FIRST_BYTE_TIMEOUT, LAST_BYTE_TIMEOUT, MAX_HANDSHAKE_BYTES, MAX_TIMEOUT, MAX_WAITING } from './limits.js';

export interface HelloReadOptions {
  /** Largest hello, its four-byte header included; default 64 KiB. */
  readonly maxHelloBytes?: number;
  /** Milliseconds until the first byte must have come; default 30,000. */
  readonly firstByteTimeout?: number;
  /** Milliseconds from the first byte until the hello must be whole; default 30,000. */
  readonly lastByteTimeout?: number;
  /**
   * A PROXY header (version 1 or 2) before the hello, from the peers in `trustedNetworks`: they must (`required`) or may (`optional`) send one. It is taken out, so
   * that TLS begins behind it. `required` refuses every other peer; `optional` lets them in, without a header. Left out: there is none.
   */
  readonly proxyProtocol?: 'required' | 'optional';
  /** Addresses and networks whose PROXY headers are believed: `10.0.0.0/8`, `192.0.2.7`, `2001:db8::/32`. Must be there with `proxyProtocol`. */
  readonly trustedNetworks?: readonly string[];
}

export interface ReadClientHelloOptions extends HelloReadOptions {
  /** False: the bytes of a hello are handed over and not put back, for a relay that writes them itself and saves the time of reading them again. Default true. */
  readonly putBack?: boolean;
}

export interface FingerprintConnectionsOptions extends HelloReadOptions {
  /** Connections that may wait for their hello at a time; beyond it the oldest is given up. Default 16,384. */
  readonly maxWaiting?: number;
}

/** Options with their defaults, checked once for a whole server. */
export interface Settings {
  readonly maxHelloBytes: number;
  readonly firstByteTimeout: number;
  readonly lastByteTimeout: number;
  readonly maxWaiting: number;
  readonly proxyProtocol: 'required' | 'optional' | null;
  readonly trusted: Networks;
  readonly putBack: boolean;
}

const NOBODY = new Networks([]);

/** @throws RangeError for a number that is none or out of bounds, TypeError for another mistake: these are the program's, never a peer's */
export function settingsOf(options: FingerprintConnectionsOptions & ReadClientHelloOptions): Settings {
  const { proxyProtocol, trustedNetworks = [] } = options;
  if (proxyProtocol !== undefined && proxyProtocol !== 'required' && proxyProtocol !== 'optional') {
    throw new TypeError(`proxyProtocol is 'required' or 'optional', not ${String(proxyProtocol)}`);
  }
  if (proxyProtocol !== undefined && trustedNetworks.length === 0) {
    throw new TypeError('proxyProtocol needs trustedNetworks: whoever may send a PROXY header may claim any address');
  }
  return {
    maxHelloBytes: whole('maxHelloBytes', options.maxHelloBytes ?? MAX_HELLO_BYTES, MAX_HANDSHAKE_BYTES),
    firstByteTimeout: whole('firstByteTimeout', options.firstByteTimeout ?? FIRST_BYTE_TIMEOUT, MAX_TIMEOUT),
    lastByteTimeout: whole('lastByteTimeout', options.lastByteTimeout ?? LAST_BYTE_TIMEOUT, MAX_TIMEOUT),
    maxWaiting: whole('maxWaiting', options.maxWaiting ?? MAX_WAITING, Number.MAX_SAFE_INTEGER),
    proxyProtocol: proxyProtocol ?? null,
    trusted: trustedNetworks.length === 0 ? NOBODY : new Networks(trustedNetworks),
    putBack: options.putBack ?? true,
  };
}

function whole(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new RangeError(`${name} is a whole number from 1 to ${most}, not ${value}`);
}
