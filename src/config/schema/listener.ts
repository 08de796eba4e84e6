import type { z } from 'zod';
import { understoodMechanisms } from '../../proxy/index.js';
import { alternatives } from '../shown.js';
import { certificates, tlsSettings } from './certificates.js';
import { bindAddress, checked, expects, flag, list, mapping, name, network, oneOf, oneOrMore, text } from './pieces.js';
import { route } from './route.js';

const listenAddress = () => bindAddress('"0.0.0.0:993" or "[::]:993"');

const mechanism = () =>
  text(
    alternatives(understoodMechanisms),
    (value) => understoodMechanisms.find((one) => one === value.toUpperCase()) ?? null,
  );

/** A line of a capability answer: printable ASCII, so that no line end can be in it. */
const keyword = () =>
  checked('a word or line of printable ASCII', (value) => /^[\x21-\x7e][\x20-\x7e]{0,199}$/.test(value));

export const listener = () =>
  mapping({
    name: name("a listener's name")
      .optional()
      .describe('For log lines. Without it: from protocol and TLS, such as imaps.'),
    protocol: oneOf(['imap', 'pop3', 'submission', 'smtp', 'sieve']).describe('What clients speak.'),
    listen: oneOrMore(listenAddress(), 'an address with its port such as "0.0.0.0:993"', 'such')
      .optional()
      .describe('Addresses with their ports: "0.0.0.0:993", "[::]:993".'),
    systemd: checked('the FileDescriptorName of a systemd socket', (value) =>
      /^[\x21-\x39\x3b-\x7e]{1,255}$/.test(value),
    )
      .optional()
      .describe('In place of listen: FileDescriptorName of sockets that systemd hands over.'),
    tls: oneOf(['implicit', 'starttls', 'none']).describe(
      'TLS from the first byte, after STARTTLS or STLS, or not here.',
    ),
    mode: oneOf(['terminated', 'passed_through'])
      .prefault('terminated')
      .describe('Whether TLS ends here, or goes on to the backend untouched.'),
    certificates: certificates().optional().describe('In place of those at the top.'),
    tls_settings: tlsSettings().optional().describe('In place of those at the top.'),
    proxy_protocol: mapping({
      from: oneOrMore(network(), 'an address or a network', 'such').describe('Whose PROXY headers are believed.'),
      required: flag().prefault(true).describe('Whether who is in from must send one.'),
    })
      .optional()
      .describe('A PROXY header (version 1 or 2) comes before everything else.'),
    trusted_networks: oneOrMore(network(), 'an address or a network', 'such', 0)
      .prefault([])
      .describe(
        'Whose claims about their own client (XCLIENT, IMAP ID with x-originating-...) are believed. Behind a PROXY header the address it tells counts.',
      ),
    mechanisms: list(mechanism(), 'SASL mechanisms')
      .prefault(['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'])
      .describe('SASL mechanisms that are offered, of those that the backend offers.'),
    cleartext: flag().prefault(false).describe('Whether logins are allowed without TLS.'),
    apop: flag().prefault(false).describe('POP3: whether APOP is offered.'),
    keywords: list(keyword(), 'words')
      .optional()
      .describe("What the protocol's capabilities show beside the login. Without it: what the backend shows."),
    backend: name("a backend's name")
      .optional()
      .describe('Backend for all. Without it and without a route: the only one there is.'),
    route: route().optional().describe('In place of backend: which of several.'),
  });

export type ListenerEntry = z.output<ReturnType<typeof listener>>;

export const listeners = () =>
  list(listener(), 'listeners').min(1, expects('at least one listener')).describe('Where clients come in.');
