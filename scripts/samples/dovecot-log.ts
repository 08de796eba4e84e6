/** What a Dovecot that knows JA3 logged of one login. */
export interface DovecotLogin {
  rip: string;
  rport: number;
  ja3: string;
  ja3Hash: string;
}

/**
 * Reads the login lines of a Dovecot whose login_log_format_elements has `rip=%{remote_ip} rport=%{remote_port} ja3h=%{ssl_ja3_hash}
 * ja3=%{ssl_ja3}`. Lines of logins that failed, and of connections without TLS, have nothing for ja3 and are passed over.
 */
export function readDovecotLog(text: string): DovecotLogin[] {
  const logins: DovecotLogin[] = [];
  for (const line of text.split('\n')) {
    const fields = new Map([...line.matchAll(/(\w+)=<?([^\s,>]*)/g)].map((match) => [match[1], match[2]!]));
    // the JA3 string has commas of its own
    const ja3 = /\bja3=(\d+,[\d-]*,[\d-]*,[\d-]*,[\d-]*)/.exec(line)?.[1];
    const ja3Hash = fields.get('ja3h');
    if (!ja3 || !ja3Hash) continue;
    logins.push({ rip: fields.get('rip') ?? '', rport: Number(fields.get('rport')), ja3, ja3Hash });
  }
  return logins;
}
