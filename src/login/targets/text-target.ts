import type { Timestamp } from '../../model/index.js';
import { LineSink, type LineTarget, type OnRecovered } from '../write/sink.js';
import { stamp } from './stamp.js';
import { type SyslogSource, syslogMessage } from './syslog-message.js';
import { type SyslogServer, SyslogTcp } from './syslog-tcp.js';
import { SyslogUdp } from './syslog-udp.js';

/** Where lines of text go. */
export type TextTarget =
  /** As Dovecot's own log file, with the time before them. */
  | LineTarget
  /** Standard error, where systemd takes it: with a priority before them (sd-daemon(3)) and without a time, which the journal has. */
  | 'journal'
  | (SyslogServer & { readonly syslog: 'udp' | 'tcp' } & Omit<SyslogSource, 'pid'>);

/** Takes what a login process says. */
export interface TextSink {
  /** @param process `imap-login` */
  write(time: Timestamp, process: string, text: string): void;
  readonly failing: boolean;
  reopen(): void;
  close(): number;
}

/** @throws SensorError `log_unwritable` */
export function openTextTarget(target: TextTarget, pid: number, onRecovered: OnRecovered | undefined): TextSink {
  if (typeof target === 'object' && 'syslog' in target) {
    const source: SyslogSource = { hostname: target.hostname, program: target.program, pid };
    const sink = target.syslog === 'udp' ? new SyslogUdp(target, onRecovered) : new SyslogTcp(target, onRecovered);
    return around(sink, (time, process, text) => sink.write(syslogMessage(source, time, `${process}: ${text}`)));
  }
  const sink = new LineSink(target === 'journal' ? 'stderr' : target, onRecovered);
  if (target === 'journal') {
    // 6: LOG_INFO. What a syslog has in its own field, `Info: `, is in the text of files alone.
    return around(sink, (_, process, text) => sink.write(`<6>${process}: ${text}\n`));
  }
  return around(sink, (time, process, text) => sink.write(`${stamp(time)} ${process}: Info: ${text}\n`));
}

function around(sink: Omit<TextSink, 'write'>, write: TextSink['write']): TextSink {
  return {
    write,
    get failing() {
      return sink.failing;
    },
    reopen: () => sink.reopen(),
    close: () => sink.close(),
  };
}
