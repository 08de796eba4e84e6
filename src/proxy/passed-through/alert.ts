/** AlertDescription (RFC 8446 section 6, RFC 6066 section 3). */
const DESCRIPTIONS = { internal_error: 80, unrecognized_name: 112 } as const;

export type Alert = keyof typeof DESCRIPTIONS;

/**
 * A fatal alert in a record of its own, as a server sends it in answer to a hello: so that the user is told something other than that the connection broke.
 *
 * ```
 *  0      1         3         5       6
 *  +------+---------+---------+-------+-------------+
 *  | 21   | 03 03   | 00 02   | fatal | description |
 *  +------+---------+---------+-------+-------------+
 * ```
 */
export function fatalAlert(description: Alert): Uint8Array {
  return Uint8Array.of(21, 3, 3, 0, 2, 2, DESCRIPTIONS[description]);
}
