import { randomBytes } from 'node:crypto';

/** Bytes Node takes: a name, an HMAC key and an AES key, 16 each (`ticketKeys` of tls.createSecureContext). */
const TICKET_KEYS_BYTES = 48;

/** New keys that TLS session tickets are sealed with. Processes that share them resume each other's sessions. */
export function newTicketKeys(): Buffer {
  return randomBytes(TICKET_KEYS_BYTES);
}
