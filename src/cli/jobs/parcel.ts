import { fingerprint } from '../../fingerprint/index.js';
import type { Observation, OpenSslGeneration } from '../../model/index.js';
import { parseClientHello } from '../../tls/index.js';

/** What is known of an observation besides its hello, its file and what is computed of the hello. */
interface Item extends Omit<Observation, 'file' | 'hello' | 'fingerprint'> {
  readonly helloBytes: number;
}

/** Observations on their way from one thread to another: methods and lazily computed members do not travel, so the hello's bytes do. */
export interface Parcel {
  readonly items: readonly Item[];
  /** The hellos' messages, one behind the other. */
  readonly hellos: Uint8Array<ArrayBuffer>;
}

export function pack(batch: readonly Observation[]): Parcel {
  const hellos = new Uint8Array(batch.reduce((sum, { hello }) => sum + hello.raw.length, 0));
  let at = 0;
  const items = batch.map(({ frame, timestamp, transport, src, dst, proxiedSrc, starttls, hello, retry, server }) => {
    hellos.set(hello.raw, at);
    at += hello.raw.length;
    return {
      frame,
      timestamp,
      transport,
      src,
      dst,
      proxiedSrc,
      starttls,
      retry,
      server,
      helloBytes: hello.raw.length,
    };
  });
  return { items, hellos };
}

/** The observations again, equal in everything. */
export function unpack({ items, hellos }: Parcel, file: string, openssl: OpenSslGeneration): Observation[] {
  let at = 0;
  return items.map(({ helloBytes, ...known }) => {
    const hello = parseClientHello(hellos.subarray(at, at + helloBytes));
    at += helloBytes;
    return { file, ...known, hello, fingerprint: fingerprint(hello, { transport: known.transport, openssl }) };
  });
}

/** What a parcel counts while it waits. Measured: a row without its hello takes about 500 bytes. */
export function parcelBytes({ items, hellos }: Parcel): number {
  return hellos.length + 512 * items.length;
}
