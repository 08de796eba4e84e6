/** What a format printed, as text. */
export function asText(printed: string | Uint8Array): string {
  return typeof printed === 'string' ? printed : Buffer.from(printed).toString('utf8');
}
