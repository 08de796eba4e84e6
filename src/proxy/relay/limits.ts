/** Ceilings for connections that are relayed. How long one may last or be idle is the backend's business: IMAP IDLE goes on for days. */

/**
 * Milliseconds of silence after which TCP asks whether the other side is still there. Linux then asks up to nine times, 75 seconds apart, so a peer that vanished is
 * noticed after 16 minutes. Longer than the two minutes a Dovecot lets pass in IDLE, so that it costs nothing where the mail server does the same.
 */
export const KEEPALIVE_DELAY = 300_000;

/**
 * Milliseconds that one side is given to take what is left for it once the other one has gone. It is what the stream buffers hold, about 128 KiB at the most:
 * a client that takes no 2 KiB a second is let go.
 */
export const LINGER_TIMEOUT = 60_000;
