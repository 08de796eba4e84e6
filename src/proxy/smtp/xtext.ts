const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** RFC 3461 section 4, xtext: printable ASCII but `+` and `=` as it is, all else `+` and two hexadecimal digits, of UTF-8. Nothing in it can end a value or a command. */
export function encodeXtext(text: string): string {
  let encoded = '';
  for (const octet of Buffer.from(text)) {
    const character = String.fromCharCode(octet);
    encoded += /[!-*,-<>-~]/.test(character) ? character : `+${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/** null: no xtext. */
export function decodeXtext(text: string): string | null {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) return null;
  const octets = text.replace(/\+(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return utf8.decode(Buffer.from(octets, 'latin1'));
}
