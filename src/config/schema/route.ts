import { z } from 'zod';
import { isHostName } from '../texts.js';
import { checked, expects, list, mapping, name, path, record } from './pieces.js';

const backendName = () => name("a backend's name");

/** A server name of a route: `*.example.org` is for what stands before it, too. */
const serverName = () =>
  checked('a host name, or one with *. in front', (value) => isHostName(value.replace(/^\*\./, '')));

const otherwise = () =>
  backendName().optional().describe('Backend where nothing else fits. Without it such clients are turned away.');

const userRule = () =>
  mapping({
    user: checked("a user's whole name", (value) => value !== '')
      .optional()
      .describe('The whole name, in any case.'),
    domain: checked('what stands behind the @ of a user name', (value) => value !== '' && !value.includes('@'))
      .optional()
      .describe('What stands behind the last @, in any case.'),
    pattern: checked('a regular expression (RE2)', (value) => value !== '' && value.length <= 1000)
      .optional()
      .describe('Regular expression (RE2) that the whole name is held against.'),
    table: path('the path of a table').optional().describe('File with lines "user backend" or "@domain backend".'),
    backend: checked("a backend's name; with a pattern it may have $1 to $9", (value) =>
      /^[A-Za-z0-9_.$-]{1,64}$/.test(value),
    )
      .optional()
      .describe('Backend of this rule; with a pattern, $1 to $9 are what it captured. Not with a table.'),
  });

export const route = () =>
  z.discriminatedUnion(
    'by',
    [
      mapping({
        by: z.literal('sni').describe('By the server name in the hello, or by the user.'),
        names: record(
          serverName() as z.ZodType<string, string>,
          backendName(),
          'host names and their backends',
        ).describe('Host names, or *.example.org for all below it, and the backend of each.'),
        otherwise: otherwise(),
      }),
      mapping({
        by: z.literal('user').describe('By the server name in the hello, or by the user.'),
        rules: list(userRule(), 'rules')
          .min(1, { error: () => 'at least one rule' })
          .describe('The first that fits counts. Each has one of user, domain, pattern, table.'),
        otherwise: otherwise(),
      }),
    ],
    expects('a mapping with by: sni or by: user'),
  );

export type RouteEntry = z.output<ReturnType<typeof route>>;
export type UserRuleEntry = z.output<ReturnType<typeof userRule>>;
