/** Ports that mail programs log in on: IANA's for SMTP, submission, POP3, IMAP and ManageSieve, with and without TLS from the start. */
const MAIL_PORTS: ReadonlySet<number> = new Set([25, 110, 143, 465, 587, 993, 995, 4190]);

export function isMailPort(port: number): boolean {
  return MAIL_PORTS.has(port);
}
