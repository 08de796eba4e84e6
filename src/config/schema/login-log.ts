import { defaultFormats } from '../../login/index.js';
import { parseHostPort } from '../texts.js';
import { checked, flag, mapping, oneOf, path, text } from './pieces.js';

const server = () =>
  text('a host with its port such as "127.0.0.1:514"', (value) => {
    const parsed = parseHostPort(value);
    return parsed !== null && parsed.port > 0 ? parsed : null;
  });

const format = (what: string) => checked(what, (value) => /^[\x20-\x7e]{1,4096}$/.test(value));

export const loginLog = () =>
  mapping({
    to: path('stderr, stdout, journal or the path of a file')
      .optional()
      .describe('Where these lines go: stderr, stdout, journal (standard error with priorities) or a file.'),
    syslog: mapping({
      server: server().describe('Host and port of the syslog server.'),
      transport: oneOf(['udp', 'tcp']).prefault('udp').describe('RFC 5424 over UDP, or over TCP with counted octets.'),
    })
      .optional()
      .describe('In place of to: a syslog server.'),
    style: oneOf(['2.3', '2.4']).prefault('2.4').describe('The Dovecot whose lines they are like.'),
    format: format('a format such as "%{message}: %{elements}"')
      .optional()
      .describe(`Dovecot's login_log_format. Without it: ${defaultFormats['2.4'].format} or what 2.3 has.`),
    elements: format('elements such as "user=<%{user}> rip=%{remote_ip}"')
      .optional()
      .describe("Dovecot's login_log_format_elements. Without it: Dovecot's own, and the fingerprint."),
    user_hash_key: path('the path of a file with a secret')
      .optional()
      .describe('Names of users are written as a hash under the secret in this file.'),
    truncate_addresses: flag().prefault(false).describe("Whether clients' addresses are cut to their network."),
  });

export type LoginLogEntry = import('zod').z.output<ReturnType<typeof loginLog>>;
