import type { LoginOutcome } from '../../model/index.js';

/** What was read, for the closing line and `--stats`. */
export interface LogStats {
  lines: number;
  readonly logins: Record<LoginOutcome, number>;
  /** Logins inside TLS, and those of them whose line tells a fingerprint. */
  tls: number;
  fingerprints: number;
  /** Lines of our own proxy about TLS that it passed through: no logins, since only the backend knows. */
  passed_through: number;
  /** Logins before `--since`: not among the others. */
  before_since: number;
  /** Refused lines, by the code of the error. */
  readonly rejected: Record<string, number>;
}

export const newLogStats = (): LogStats => ({
  lines: 0,
  logins: { succeeded: 0, failed: 0, refused: 0, none: 0 },
  tls: 0,
  fingerprints: 0,
  passed_through: 0,
  before_since: 0,
  rejected: {},
});

const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

const plural = (count: number, one: string): string => `${grouped(count)} ${one}${count === 1 ? '' : 's'}`;

/** To be pasted as they are. 2.4 knows it itself; to a 2.3 a proxy before it can tell. */
const SETTING_24 =
  'login_log_format_elements = user=<%{user}> method=%{mechanism} rip=%{remote_ip} rport=%{remote_port} lip=%{local_ip} lport=%{local_port} mpid=%{mail_pid} %{secured} session=<%{session}> ssl_ja3_hash=%{ssl_ja3_hash} ssl_ja3=%{ssl_ja3}';
const SETTING_23 =
  'login_log_format_elements = user=<%u> method=%m rip=%r rport=%b lip=%l lport=%a mpid=%e %c session=<%{session}> ssl_ja3_hash=%{passdb:forward_ssl_ja3_hash} ssl_ja3=%{passdb:forward_ssl_ja3}';

/**
 * What was seen, in words, so that an empty result is never unexplained.
 *
 * @param elements login_log_format_elements was handed in
 * @param unread a log could not be read, which has been told
 * @returns what to say, one by one; a setting stands on a line of its own
 */
export function logClosing(stats: LogStats, elements: boolean, unread: boolean): string[] {
  const { logins, fingerprints } = stats;
  const total = logins.succeeded + logins.failed + logins.refused + logins.none;
  const parts = [
    plural(stats.lines, 'line'),
    plural(logins.succeeded, 'login'),
    `${grouped(logins.failed)} failed`,
    `${grouped(logins.refused)} refused`,
    `${grouped(logins.none)} without a try`,
    `${grouped(fingerprints)} with a fingerprint`,
  ];
  if (stats.passed_through > 0) parts.push(`${grouped(stats.passed_through)} passed through by the proxy`);
  if (stats.before_since > 0) parts.push(`${grouped(stats.before_since)} before --since`);
  const rejected = Object.entries(stats.rejected);
  const notes =
    rejected.length === 0
      ? []
      : [`rejected: ${rejected.map(([code, count]) => `${code} ${grouped(count)}`).join(', ')}`];
  return [[parts.join(', '), ...notes].join('; '), ...advice(stats, total, elements, unread)];
}

function advice(stats: LogStats, total: number, elements: boolean, unread: boolean): string[] {
  const seen = total + stats.before_since;
  // Lines of connections without a login may fit by chance.
  if (elements && (stats.rejected.log_elements ?? 0) > seen) {
    return [
      'the login lines do not have these elements: compare --elements with `doveconf -h login_log_format_elements`',
    ];
  }
  if (seen === 0) {
    if (stats.passed_through > 0) return [];
    if (stats.lines > 0) {
      return [
        'no line is one of a Dovecot login process (`imap-login: …`) or of our proxy: `doveadm log find` tells where Dovecot writes',
      ];
    }
    // What was wrong instead has been told.
    return unread || Object.keys(stats.rejected).length > 0 ? [] : ['the log is empty'];
  }
  if (stats.fingerprints > 0 || total === 0) return [];
  if (stats.tls === 0) return ['no login was inside TLS: without it there is no fingerprint'];
  return [
    `no login line tells a fingerprint. In dovecot.conf of Dovecot 2.4, then \`doveadm reload\`:\n\n${SETTING_24}\n`,
    `Dovecot 2.3 cannot tell it itself; behind a proxy that forwards it (docs/log.md):\n\n${SETTING_23}\n`,
  ];
}
