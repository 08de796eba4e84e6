/**
 * Ways to deliver the same bytes to a streaming parser: whole, byte by byte, and cut in two at every place. The result must never depend on them.
 */
export interface Delivery {
  /** For the message of a failing assertion: `whole`, `byte by byte`, `cut at 17`. */
  readonly name: string;
  readonly chunks: readonly Uint8Array[];
}

export function* everyDelivery(bytes: Uint8Array): Generator<Delivery> {
  yield { name: 'whole', chunks: [bytes] };
  yield byteByByte(bytes);
  for (let at = 1; at < bytes.length; at++) {
    yield { name: `cut at ${at}`, chunks: [bytes.subarray(0, at), bytes.subarray(at)] };
  }
}

export function byteByByte(bytes: Uint8Array): Delivery {
  return { name: 'byte by byte', chunks: Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)) };
}

/**
 * Hands each chunk over in one buffer that is used again and wiped afterwards, as a socket's or a capture's is: a parser that kept a view instead of
 * a copy is found out.
 */
export function throughReusedBuffer(delivery: Delivery, push: (chunk: Uint8Array) => void): void {
  const longest = Math.max(0, ...delivery.chunks.map((chunk) => chunk.length));
  const buffer = new Uint8Array(longest);
  for (const chunk of delivery.chunks) {
    buffer.set(chunk);
    push(buffer.subarray(0, chunk.length));
    buffer.fill(0xee);
  }
}
