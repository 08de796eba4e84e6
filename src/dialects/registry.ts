import type { Dialect } from './dialect.js';
import { ftp } from './ftp.js';
import { http } from './http.js';
import { imap } from './imap.js';
import { irc } from './irc.js';
import { ldap } from './ldap.js';
import { mysql } from './mysql.js';
import { pop3 } from './pop3.js';
import { postgres } from './postgres.js';
import { rdp } from './rdp.js';
import { sieve } from './sieve.js';
import { smtp } from './smtp.js';
import { socks } from './socks.js';
import { xmpp } from './xmpp.js';

/** Every protocol that is followed to its TLS. Adding one is a file and a row (32 at most: the finder keeps them in one word). */
export const dialects: readonly Dialect[] = [
  imap,
  pop3,
  smtp,
  sieve,
  ftp,
  http,
  socks,
  irc,
  xmpp,
  ldap,
  postgres,
  mysql,
  rdp,
];
