import type { LoginEvent, Recognition } from '../../model/index.js';

/** A login and what is known of its client. */
export interface LoginRow {
  /** Name the log was opened under; `-` for standard input. */
  readonly file: string;
  readonly login: LoginEvent;
  /** null: the log tells no fingerprint. The same object for the same fingerprint, where the caller can. */
  readonly recognition: Recognition | null;
}

/** The one fingerprint a row is known by: Dovecot's own before a forwarded one. */
export function shownFingerprint({ sslJa3, ja3, ja4 }: LoginEvent): string | null {
  return sslJa3?.hash ?? ja3?.hash ?? ja4;
}
