import type { z } from 'zod';
import { count, duration, mapping, size } from './pieces.js';

/**
 * Bounds keep a slip (30m for 30s, 64 for 64KiB) from making a proxy that works in the test and fails in the morning.
 *
 * - connections: two sockets each, of 20,000 files that systems commonly allow a service.
 * - connections_per_address: an office or a mobile carrier behind one address has hundreds of clients with several connections each.
 * - login_timeout, max_line: Dovecot's three minutes; a line of SASL has 12,288 bytes at most (RFC 4954 section 4), and OAuth tokens of some providers need more.
 * - backend_timeout: a server holds a wrong password back for up to 15 seconds (Dovecot's penalty), and a policy server may add 30.
 * - drain_timeout: below the 90 seconds after which systemd kills.
 */
export const limits = () =>
  mapping({
    connections: count(1, 1_000_000).prefault(10_000).describe('Connections at a time, of all listeners of a process.'),
    connections_per_address: count(1, 1_000_000)
      .prefault(500)
      .describe(
        'Of these, how many may come from one address (IPv6: one /64). Behind a PROXY header the address it tells counts.',
      ),
    login_timeout: duration('1s', '1h')
      .prefault('3m')
      .describe("From a connection's beginning to the end of its login."),
    handshake_timeout: duration('100ms', '10m')
      .prefault('30s')
      .describe("Until the client's first byte of TLS, and from then to the end of the handshake."),
    connect_timeout: duration('100ms', '5m')
      .prefault('5s')
      .describe("Until a backend's host has taken the connection, its TLS included."),
    backend_timeout: duration('1s', '1h').prefault('60s').describe('Until a backend has answered what it was told.'),
    max_line: size('1KiB', '1MiB').prefault('16KiB').describe('Of one line of the client before its login is done.'),
    max_bytes_before_login: size('1KiB', '16MiB')
      .prefault('128KiB')
      .describe('Of the client before its login is done, in all.'),
    max_bad_commands: count(1, 1000)
      .prefault(10)
      .describe('Commands that are none, after which a connection is closed.'),
    max_attempts: count(1, 1000).prefault(5).describe('Failed logins after which a connection is closed.'),
    drain_timeout: duration('0s', '30d').prefault('60s').describe('How long sessions may go on after SIGTERM.'),
  });

export type LimitsEntry = z.output<ReturnType<typeof limits>>;
