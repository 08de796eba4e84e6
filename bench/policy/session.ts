/** A connection's name, as long as Dovecot's. @param text at most 12 characters: another name for each */
export function sessionOf(text: string): string {
  return Buffer.from(text.padStart(12, '.')).toString('base64');
}
