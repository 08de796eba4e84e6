import { hash, timingSafeEqual } from 'node:crypto';
import type { ServerSecrets } from './options.js';

/** What a request shows to be let in. */
export interface Shown {
  /** The header `Authorization`. */
  readonly authorization: string | undefined;
  /** The header `X-API-Key`. */
  readonly apiKey: string | undefined;
}

/** Digests of what was shown. null: nothing was. */
export interface ShownDigests {
  readonly password: Buffer | null;
  readonly apiKey: Buffer | null;
}

/** Compares what requests show with the secrets, taking the same time whatever is shown: digests are compared, and all of them. */
export class Credentials {
  readonly #password: Buffer | null;
  readonly #apiKey: Buffer | null;

  constructor({ password, apiKey }: ServerSecrets) {
    this.#password = password === null ? null : digest(password);
    this.#apiKey = apiKey === null ? null : digest(apiKey);
  }

  /** Nothing is asked for. */
  get isOpen(): boolean {
    return this.#password === null && this.#apiKey === null;
  }

  admits({ password, apiKey }: ShownDigests): boolean {
    const isPassword = isSame(this.#password, password);
    return isSame(this.#apiKey, apiKey) || isPassword;
  }
}

/** Digested once, however many secrets it is held against. */
export function digestsOf({ authorization, apiKey }: Shown): ShownDigests {
  const password = authorization === undefined ? undefined : passwordOf(authorization);
  return {
    password: password === undefined ? null : digest(password),
    apiKey: apiKey === undefined ? null : digest(apiKey),
  };
}

/** RFC 7617 section 2: what stands behind the first colon. Any user name will do. */
function passwordOf(authorization: string): string | undefined {
  const [, encoded = ''] = /^basic +([\w+/=-]+) *$/i.exec(authorization) ?? [];
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : pair.slice(colon + 1);
}

function isSame(wanted: Buffer | null, shown: Buffer | null): boolean {
  return wanted !== null && shown !== null && timingSafeEqual(wanted, shown);
}

/** By way of hex: a digest with bytes of its own takes four times as long. */
function digest(text: string): Buffer {
  return Buffer.from(hash('sha256', text, 'hex'), 'hex');
}
