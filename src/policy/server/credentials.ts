import { hash, timingSafeEqual } from 'node:crypto';
import type { ServerSecrets } from './options.js';

/** What a request shows to be let in. */
export interface Shown {
  /** The header `Authorization`. */
  readonly authorization: string | undefined;
  /** The header `X-API-Key`. */
  readonly apiKey: string | undefined;
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

  admits({ authorization, apiKey }: Shown): boolean {
    const password = authorization === undefined ? undefined : passwordOf(authorization);
    const isPassword = isSame(this.#password, password);
    return isSame(this.#apiKey, apiKey) || isPassword;
  }
}

/** RFC 7617 section 2: what stands behind the first colon. Any user name will do. */
function passwordOf(authorization: string): string | undefined {
  const [, encoded = ''] = /^basic +([\w+/=-]+) *$/i.exec(authorization) ?? [];
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : pair.slice(colon + 1);
}

function isSame(wanted: Buffer | null, shown: string | undefined): boolean {
  return wanted !== null && shown !== undefined && timingSafeEqual(wanted, digest(shown));
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
