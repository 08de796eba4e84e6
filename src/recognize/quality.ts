/**
 * False for a label whose value was made with the record layer's version. JA3 takes the ClientHello's: 207 of the 409 rows that one published list took from
 * another are wrong this way, and a wrong value may be some other client's right one.
 */
export function isMatched(label: { readonly quality?: string }): boolean {
  return label.quality !== 'record-version';
}
