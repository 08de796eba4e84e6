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
 * the bytes a step did not consume, puts what comes next behind them, and gives a side's bytes again after the other side has spoken (even
 * where that step consumed nothing), until neither side consumes any.
 *
 * A dialogue never looks at TLS bytes and never hears of port numbers. Nothing a user typed (names, passwords, SASL data) is kept in it.
 */
export interface Dialogue {
  /** The word for the `starttls` column: `imap`, `pop3`, `smtp`, `sieve`, `ftp`, `http`, `socks`, … */
  readonly name: string;
  push(side: Side, bytes: Uint8Array): DialogueStep;
}

/**
 * What one side's first bytes say about a dialect: `yes` they fit it, `no` they are not it, `more` nothing speaks against it yet. Several dialects
 * may say `yes` to the same bytes (`220 hello`); which one it is then shows in what follows, or on the other side.
 */
export type Opening = 'yes' | 'no' | 'more';

/** A row of the registry: how a dialect is recognised, and how its dialogue begins. */
export interface Dialect {
  readonly name: string;
  /** Looks at the first bytes of one side, at least one, from that side's first byte on. More bytes never turn a `no` into anything else. */
  opens(side: Side, bytes: Uint8Array): Opening;
  /** A fresh dialogue that is then given both sides from their first byte. */
  start(): Dialogue;
}
