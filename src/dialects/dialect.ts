/** Which end of the connection sent the bytes. */
export type Side = 'client' | 'server';

/**
 * What a dialogue made of the bytes it was given:
 *
 * - `more`: carry on; bytes beyond `consumed` are an unfinished line or message, to be given again with what follows them.
 * - `wait`: this side's bytes beyond `consumed` cannot be read before the other side has spoken (what follows a STARTTLS waits for its reply).
 * - `tls`: after `consumed` bytes of this side, and after what was consumed of the other, TLS begins on both sides.
 * - `tunnel`: from there on both sides carry another conversation, unknown yet (CONNECT, SOCKS).
 * - `ended`: TLS will not begin here any more: a login began, or the protocol moved on. The rest need not be looked at.
 * - `unknown`: this is not (or no longer) the protocol the dialogue speaks.
 */
export type Verdict = 'more' | 'wait' | 'tls' | 'tunnel' | 'ended' | 'unknown';

export interface DialogueStep {
  /** How many of the bytes given were used up, 0 to their number. */
  readonly consumed: number;
  readonly verdict: Verdict;
}

/**
 * One conversation in clear, followed up to the byte where TLS begins. A pure machine: no I/O, no clock, no buffer of its own. The caller keeps
 * the bytes a step did not consume, puts what comes next behind them, and gives a side's bytes again after the other side has spoken.
 *
 * A dialogue never looks at TLS bytes and never hears of port numbers.
 */
export interface Dialogue {
  /** The word for the `starttls` column: `imap`, `pop3`, `smtp`, `sieve`, `ftp`, `http`, `socks`, … */
  readonly name: string;
  push(side: Side, bytes: Uint8Array): DialogueStep;
}

/** What the first bytes of a connection say about a dialect. */
export type Opening = 'yes' | 'no' | 'more';

/** A row of the registry: how a dialect is recognised, and how its dialogue begins. */
export interface Dialect {
  readonly name: string;
  /**
   * Looks at the first bytes of one side, from that side's first byte on. `more` asks for more bytes and is only answered while the bytes so far
   * could still become a `yes`. Must decide within the limits of `limits.ts`.
   */
  opens(side: Side, bytes: Uint8Array): Opening;
  /** A fresh dialogue that is then given both sides from their first byte. */
  start(): Dialogue;
}
