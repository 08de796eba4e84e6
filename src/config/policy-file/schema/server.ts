import type { z } from 'zod';
import { bindAddress, checked, count, mapping, network, oneOrMore, path } from '../../schema/pieces.js';
import { secretForms } from '../secret-forms.js';

const LISTEN = '"127.0.0.1:8084" or "[::1]:8084"';

export const listen = () =>
  oneOrMore(bindAddress(LISTEN), `an address with its port such as ${LISTEN}`, 'such')
    .prefault('127.0.0.1:8084')
    .describe('Addresses with their ports. Any but loopback needs tls and a secret.');

export const tls = () =>
  mapping({
    chain: path("the path of a PEM file with the server's certificate and its chain").describe(
      "PEM file: the server's own certificate first, then those that lead to an authority.",
    ),
    key: path('the path of a PEM file with the private key')
      .optional()
      .describe('PEM file with the private key, not encrypted. Without it the key is in the file of the chain.'),
  });

const secret = ({ pattern, words }: (typeof secretForms)[keyof typeof secretForms]) =>
  checked(words, (value) => pattern.test(value));

export const secrets = () =>
  mapping({
    password: secret(secretForms.password).optional().describe('Password of Basic; any user name will do.'),
    password_file: path('the path of a file with a password')
      .optional()
      .describe('In place of password: a file with nothing else in it.'),
    api_key: secret(secretForms.api_key).optional().describe('Value of the header X-API-Key.'),
    api_key_file: path('the path of a file with a key')
      .optional()
      .describe('In place of api_key: a file with nothing else in it.'),
  });

export const networks = () =>
  oneOrMore(network(), 'an address or a network', 'such')
    .prefault(['127.0.0.0/8', '::1'])
    .describe('Networks that requests may come from.');

/**
 * A login is asked about up to three times, and a mail server asks for all its users from one address: the limit is there for a program that has gone wild, and for guesses
 * at a secret, not for logins.
 */
export const rate = () =>
  mapping({
    per_second: count(1, 1_000_000).prefault(10_000).describe('Requests a second of one address, on the average.'),
    burst: count(1, 10_000_000).prefault(20_000).describe('At once, after a quiet time.'),
  });

export type SecretsEntry = z.output<ReturnType<typeof secrets>>;
export type TlsEntry = z.output<ReturnType<typeof tls>>;
