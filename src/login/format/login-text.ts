import type { OpenSslGeneration } from '../../model/index.js';
import { openTextTarget, type TextTarget } from '../targets/text-target.js';
import type { LoginLines } from '../write/login-log.js';
import type { OnRecovered } from '../write/sink.js';
import { visible } from '../write/visible.js';
import { message } from './message.js';
import type { Privacy } from './record.js';
import type { Suggest } from './reference.js';
import { compileFormat, type LineStyle } from './template.js';

export interface LoginTextOptions {
  readonly target: TextTarget;
  readonly style: LineStyle;
  /** `login_log_format`; absent: {@link defaultFormats} */
  readonly format?: string;
  /** `login_log_format_elements`; absent: {@link defaultFormats} */
  readonly elements?: string;
  /** Whose ssl_ja3 is meant. */
  readonly openssl: OpenSslGeneration;
  /** Absent: everything is shown. */
  readonly privacy?: Privacy;
  /** This process's number. */
  readonly pid: number;
  /** Finds what was meant by a misspelled variable. */
  readonly suggest?: Suggest;
  /** Told when lines are written again after some could not be. */
  readonly onRecovered?: OnRecovered;
}

// The fingerprint stands before the session: fail2ban's filter for Dovecot takes no line that goes on behind it.
const OWN = 'ssl_ja3_hash=%{ssl_ja3_hash} ja4=%{ja4} client=%{client}';

/** Dovecot's own defaults, with the fingerprint and the client's name. */
export const defaultFormats: Readonly<Record<LineStyle, { readonly format: string; readonly elements: string }>> = {
  '2.3': {
    format: '%$: %s',
    elements: `user=<%u> method=%m rip=%r lip=%l mpid=%e %c ${OWN} session=<%{session}>`,
  },
  '2.4': {
    format: '%{message}: %{elements}',
    elements: `user=<%{user}> method=%{mechanism} rip=%{remote_ip} lip=%{local_ip} mpid=%{mail_pid} %{secured} ${OWN} session=<%{session}>`,
  },
};

/**
 * Login lines as Dovecot's login processes write them: docs/login-log.md.
 *
 * @throws SensorError `login_format` where a setting cannot be read, `log_unwritable`
 */
export function openLoginText(options: LoginTextOptions): LoginLines {
  const { style, openssl, pid, target } = options;
  const privacy = options.privacy ?? { userName: null, truncateAddresses: false };
  const template = compileFormat({
    style,
    format: options.format ?? defaultFormats[style].format,
    elements: options.elements ?? defaultFormats[style].elements,
    ...(options.suggest !== undefined && { suggest: options.suggest }),
  });
  const sink = openTextTarget(target, pid, options.onRecovered);
  return {
    write: (login) => {
      const text = template({ login, message: message(login, style), openssl, privacy, pid });
      sink.write(login.time, processName(login.protocol), visible(text));
    },
    get failing() {
      return sink.failing;
    },
    reopen: () => sink.reopen(),
    close: () => sink.close(),
  };
}

/** Dovecot has no login process for mail that comes without a login; filters know the one for submission. */
const processName = (protocol: string): string => `${protocol === 'smtp' ? 'submission' : protocol}-login`;
