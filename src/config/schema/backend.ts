import { z } from 'zod';
import { forwardFields } from '../../proxy/index.js';
import { isAddress, isHostName, parseHostPort } from '../texts.js';
import {
  checked,
  duration,
  expects,
  flag,
  list,
  mapping,
  name,
  oneOf,
  oneOrMore,
  path,
  record,
  text,
} from './pieces.js';

const host = () =>
  text('a host with its port such as "127.0.0.1:143" or "imap.example.org:993"', (value) => {
    const parsed = parseHostPort(value);
    return parsed !== null && parsed.port > 0 ? parsed : null;
  });

const INTERVAL = 'a time from 1s to 1h with its unit, or none';
const VERSIONS = 'version 1 or 2 of the PROXY protocol, or none';

export const backend = () =>
  mapping({
    hosts: oneOrMore(host(), 'a host with its port such as "127.0.0.1:143"', 'such').describe(
      'Hosts with their ports; several are tried in turn.',
    ),
    tls: oneOf(['none', 'implicit', 'starttls'])
      .prefault('none')
      .describe("TLS of the link to it, for terminated listeners. Passed through, the TLS is the client's own."),
    verify: mapping({
      ca: path('the path of a PEM file with authorities')
        .optional()
        .describe('PEM file of the authorities its certificate must come from. Without it: those Node has.'),
      server_name: checked('a host name', (value) => isHostName(value) && !isAddress(value))
        .optional()
        .describe("The name its certificate must have. Without it: the host's."),
      insecure: flag().prefault(false).describe('Whether any certificate will do.'),
    })
      .prefault({})
      .describe('How its certificate is checked.'),
    proxy_protocol: z
      .union(
        [z.literal(1, expects(VERSIONS)), z.literal(2, expects(VERSIONS)), z.literal('none', expects(VERSIONS))],
        expects(VERSIONS),
      )
      .prefault('none')
      .describe('Version of the PROXY header that it gets before everything else.'),
    forward: list(oneOf(forwardFields), 'fields')
      .optional()
      .describe(
        'Tells it who the client is, by IMAP ID or XCLIENT, and these of its fingerprint; an empty list: the address and session alone. Without it nothing is told.',
      ),
    health: z
      .union([z.literal('none', expects(INTERVAL)), duration('1s', '1h')], expects(INTERVAL))
      .prefault('30s')
      .describe('Time between two checks of each host.'),
  });

export type BackendEntry = z.output<ReturnType<typeof backend>>;

export const backends = () =>
  record(name("a backend's name") as z.ZodType<string, string>, backend(), 'backends by their names').describe(
    'Where logins go to. Routes choose among these and nothing else.',
  );
