import { SensorError } from '../errors.js';

/** A ja4 in its parts. */
export interface Ja4Fields {
  /** Transport and version, `t13`. */
  readonly start: string;
  /** A server name was sent. */
  readonly sni: boolean;
  /** 99 stands for itself and everything beyond. */
  readonly cipherCount: number;
  readonly extensionCount: number;
  /** Two characters; `00` where there is no ALPN. */
  readonly alpn: string;
  /** Part b and part c: 12 hex digits each. */
  readonly ciphers: string;
  readonly extensions: string;
}

const JA4 = /^([tqd](?:1[0-3]|s[23]|d[123]|00))([di])(\d\d)(\d\d)([0-9A-Za-z]{2})_([0-9a-f]{12})_([0-9a-f]{12})$/;

/**
 * Reads an `a_b_c`.
 *
 * @throws SensorError `bad_ja4`
 */
export function parseJa4(ja4: string): Ja4Fields {
  const match = JA4.exec(ja4);
  if (match === null) throw new SensorError('bad_ja4', 'ja4', 0, 'is no ja4 of the form a_b_c');
  const [, start, sni, cipherCount, extensionCount, alpn, ciphers, extensions] = match as unknown as string[];
  return {
    start: start!,
    sni: sni === 'd',
    cipherCount: Number(cipherCount),
    extensionCount: Number(extensionCount),
    alpn: alpn!,
    ciphers: ciphers!,
    extensions: extensions!,
  };
}

/** True where `parseJa4` would read it. */
export function isJa4(ja4: string): boolean {
  return JA4.test(ja4);
}
