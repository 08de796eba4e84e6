import { z } from 'zod';
import { MAX_EXPIRY, MAX_REASON } from './limits.js';

/** Mail servers send strings only; whoever sends a number or a boolean instead means its text. */
const text = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** Of an attribute wforce also takes lists: the first text counts. */
const attribute = z.union([text, z.array(z.unknown())]).optional();

const flag = z.union([z.boolean(), z.enum(['true', 'false'])]);

/** Attributes that are looked at, in the object `attrs` or beside it; all others are allowed, and not kept. */
const attributes = {
  ja3: attribute.describe(
    "ja3: its MD5, or its string. An MD5 that nobody knows as a ja3 is looked up as Dovecot's ssl_ja3 too, where none is told",
  ),
  ja3_hash: attribute,
  ja3n: attribute.describe('ja3 with sorted extensions: its MD5, or its string'),
  ja3n_hash: attribute,
  ssl_ja3: attribute.describe('ssl_ja3, as a proxy forwards it: its string, or its MD5'),
  ssl_ja3_hash: attribute.describe(
    'the MD5 alone: `%{ssl_ja3_hash}` is all that Dovecot 2.4 tells a policy of the hello it saw itself',
  ),
  ja4: attribute,
  sni: attribute.describe("the server's name that the client asked for"),
  local_name: attribute.describe('the same, in the words of Dovecot'),
  local_port: attribute.describe("the server's port"),
  lport: attribute,
  mechanism: attribute.describe('SASL mechanism'),
  mech: attribute,
  tls_version: attribute.describe('as negotiated: `TLSv1.3`'),
};

export type AttributeName = keyof typeof attributes;

const login = {
  ...attributes,
  login: text.optional().describe("the user's name"),
  remote: text.optional().describe("the client's address"),
  pwhash: text.optional().describe('never looked at, never kept'),
  protocol: text.optional().describe('`imap`, `pop3`, `submission`, `sieve`, …'),
  session_id: text.optional(),
  device_id: text.optional().describe('IMAP ID: `"name" "Thunderbird" "os" NIL`'),
  fail_type: text
    .optional()
    .describe('`internal`, `credentials`, `account`, `expired`, `disabled`, `policy`; empty: it has not failed'),
  tls: z
    .union([flag, z.literal('')])
    .optional()
    .describe('the mail server knows the connection to be inside TLS'),
  attrs: z.object(attributes).nullish(),
};

export const loginRequest = z.object(login);
export const reportRequest = z.object({
  ...login,
  success: flag.describe('the user is in'),
  policy_reject: flag.optional().describe('a policy refused the login'),
});

const key = {
  ip: z.string().optional().describe('an address'),
  login: z.string().optional().describe("a user's name"),
  ja3: z.string().optional().describe('MD5 of ja3 or ssl_ja3'),
};

/** What is asked about or forgotten: one of them, or an address with one of the others. */
export const keyRequest = z.object(key);

/** What a list entry is about. */
export const entryKeyRequest = z.object({
  ...key,
  netmask: z.string().optional().describe('a network: `192.0.2.0/24`'),
});

export const entryRequest = entryKeyRequest.extend({
  expire_secs: z.int().min(1).max(MAX_EXPIRY).describe('seconds the entry lasts'),
  reason: z.string().max(MAX_REASON).describe('for whoever finds the entry'),
});

export type LoginRequest = z.output<typeof loginRequest>;
export type ReportRequest = z.output<typeof reportRequest>;
export type KeyRequest = z.output<typeof keyRequest>;
export type EntryKeyRequest = z.output<typeof entryKeyRequest>;
export type EntryRequest = z.output<typeof entryRequest>;

/** Every request, by the name it has in the API's description. */
export const requestSchemas = { loginRequest, reportRequest, keyRequest, entryKeyRequest, entryRequest };
