import { hostname } from 'node:os';
import { type LoginLogSettings, nearMiss, type ProxyConfiguration } from '../../config/index.js';
import { keyedNames, type LoginLines, type NoticeLines, openLoginLog, openLoginText } from '../../login/index.js';
import { NOTICE_INTERVAL } from '../recording/limits.js';

/**
 * The login log: JSON, and beside it lines like Dovecot's where those are configured. Whether logins can be recorded is told by the JSON alone: it has all there is, and
 * a syslog server that is away for a while must not stop logins.
 *
 * @throws SensorError `log_unwritable`
 */
export async function openLogs({ runtime, options }: ProxyConfiguration, notices: NoticeLines): Promise<LoginLines> {
  const { log, loginLog } = runtime;
  const { openssl } = options;
  let toldAt = Number.NEGATIVE_INFINITY;
  const json = await openLoginLog({
    target: log.to === 'file' ? { file: log.path } : log.to,
    openssl,
    onFailing: (code) => {
      if (performance.now() - toldAt < NOTICE_INTERVAL) return;
      toldAt = performance.now();
      const told = { error: code, log: log.to === 'file' ? log.path : log.to };
      notices.warn('login lines cannot be written: they wait, and are lost when too many do', told);
    },
    onRecovered: (lost) => notices.warn('login lines are written again', { lost }),
  });
  if (loginLog === null) return json;
  const { style, format, elements, userHashKey, truncateAddresses } = loginLog;
  const text = openLoginText({
    target: targetOf(loginLog),
    style,
    format,
    elements,
    openssl,
    pid: process.pid,
    privacy: { userName: userHashKey === null ? null : keyedNames(Buffer.from(userHashKey)), truncateAddresses },
    suggest: nearMiss,
    onRecovered: (lost) => notices.warn('lines of login_log are written again', { lost }),
  });
  let failed = false;
  return {
    write: (login) => {
      json.write(login);
      text.write(login);
      if (text.failing && !failed) notices.warn('lines of login_log cannot be written: they wait');
      failed = text.failing;
    },
    get failing() {
      return json.failing;
    },
    reopen: () => {
      json.reopen();
      text.reopen();
    },
    close: () => json.close() + text.close(),
  };
}

/** What fail2ban's filter for Dovecot expects a syslog to call the program. */
const PROGRAM = 'dovecot';

function targetOf({ target }: LoginLogSettings) {
  if (typeof target === 'string' || 'file' in target) return target;
  return { ...target, hostname: hostname(), program: PROGRAM };
}
