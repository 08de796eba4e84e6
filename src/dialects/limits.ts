/**
 * The ceilings of this room, each with its reason. A line or message that announces or reaches more is not followed: the verdict is `unknown`.
 * All are octets and include the line's end.
 */

/** How much of one side the search for a dialect looks at before it gives up: greetings and first commands are far shorter. */
export const MAX_OPENING = 4096;

/** IMAP: what RFC 7162 section 4 asks servers to accept in one command line. Literals do not count. */
export const MAX_IMAP_LINE = 8192;

/** A literal before a login is an ID value or a user name; RFC 9051 section 4.3 lets a server refuse long ones. Skipped, never held. */
export const MAX_LITERAL = 65_536;

/** SMTP, LMTP: 512 by RFC 5321 section 4.5.3.1.4, raised by extensions; the longest is AUTH, RFC 4954 section 4. */
export const MAX_SMTP_LINE = 12_288;

/** POP3: 255 for commands and 512 for replies by RFC 2449 section 4; servers write longer CAPA lines. */
export const MAX_POP3_LINE = 2048;

/** ManageSieve: the largest quoted string is 1024 (RFC 5804 section 1.2); a line holds a few of them. */
export const MAX_SIEVE_LINE = 8192;

/** FTP has no limit of its own (RFC 959 section 5.3): room for a path of 4,096. */
export const MAX_FTP_LINE = 8192;

/** HTTP request line and each header: RFC 9112 section 3 asks for at least 8,000. */
export const MAX_HTTP_LINE = 16_384;

/** All headers of one HTTP message. Proxy-Authorization with a Kerberos ticket reaches some 48 KiB. */
export const MAX_HTTP_HEAD = 65_536;

/** The body of a refusal (407) between two CONNECT requests: an error page. Skipped, never held. */
export const MAX_HTTP_BODY = 1 << 20;

/** IRC: 512 by RFC 1459 section 2.3, and up to 8,191 of message tags before it (IRCv3 message-tags). */
export const MAX_IRC_LINE = 8703;

/** One XMPP tag: RFC 6120 section 13.12 forbids limits under 10,000. Text between tags is not held. */
export const MAX_XMPP_TAG = 10_000;

/** One LDAP message before StartTLS: a root DSE at most (RFC 4512 section 5.1). */
export const MAX_LDAP_MESSAGE = 65_536;

/** PostgreSQL's own MAX_STARTUP_PACKET_LENGTH. */
export const MAX_POSTGRES_STARTUP = 10_000;

/** MySQL's greeting: some 100 octets and a version text. */
export const MAX_MYSQL_GREETING = 1024;

/** RDP connection request and confirm: an X.224 header's length is one octet (ITU-T X.224 section 13.2.1), its largest 254, behind 5 octets. */
export const MAX_RDP_MESSAGE = 259;

/** SOCKS4 user id and SOCKS4a name, each: as long as SOCKS5's one-octet lengths allow (RFC 1928, RFC 1929). */
export const MAX_SOCKS4_TEXT = 256;
