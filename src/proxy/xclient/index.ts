/** XCLIENT as Dovecot's POP3 and ManageSieve login processes have it. SMTP's has other names and spellings. */
export { readClaim } from './claim.js';
export { spellXclient } from './spell.js';
