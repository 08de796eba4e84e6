import { Reader } from '../bytes/reader.js';
import type { ClientHello } from '../model/index.js';
import { ExtensionType } from '../tls/index.js';
import * as name from './named.js';
import type { ExtensionContent, NamedValue, SizedValue } from './types.js';

/** Reads a content; null where nothing is to be said. May throw SensorError where it is malformed. */
type ReadContent = (body: Reader, hello: ClientHello) => ExtensionContent | null;

/** A list the hello has read already, null where it is malformed. */
const known = <T>(key: string, list: readonly T[] | null, naming: (value: T) => NamedValue | string) =>
  list === null ? null : { [key]: list.map(naming) as readonly NamedValue[] | readonly string[] };

const asSent = (text: string): string => text;

/** ProtocolName values behind a two-byte length (RFC 7301 section 3.1). */
function protocolNames(list: Reader): string[] {
  const names: string[] = [];
  while (list.remaining > 0) {
    names.push(Buffer.from(bytesOf(list.prefixed8('protocol_name'))).toString('latin1'));
  }
  return names;
}

const bytesOf = (field: Reader): Uint8Array => field.bytes(field.remaining, 'content');

function u16s(list: Reader, naming: (value: number) => NamedValue, field: string): NamedValue[] {
  const values: NamedValue[] = [];
  while (list.remaining > 0) values.push(naming(list.u16(field)));
  return values;
}

function u8s(list: Reader, naming: (value: number) => NamedValue, field: string): NamedValue[] {
  const values: NamedValue[] = [];
  while (list.remaining > 0) values.push(naming(list.u8(field)));
  return values;
}

/** KeyShareEntry values, RFC 8446 section 4.2.8: the group and how long its key is. */
function keyShares(body: Reader): SizedValue[] {
  const shares = body.prefixed16('client_shares');
  const entries: SizedValue[] = [];
  while (shares.remaining > 0) {
    const group = name.supportedGroup(shares.u16('group'));
    entries.push({ ...group, length: shares.prefixed16('key_exchange').remaining });
  }
  return entries;
}

/** PskIdentity and PskBinderEntry values, RFC 8446 section 4.2.11: how long they are. What they say is a secret, and follows its owner about. */
function offeredPsks(body: Reader): ExtensionContent {
  const identityLengths: number[] = [];
  const identities = body.prefixed16('identities');
  while (identities.remaining > 0) {
    identityLengths.push(identities.prefixed16('identity').remaining);
    identities.skip(4, 'obfuscated_ticket_age');
  }
  const binderLengths: number[] = [];
  const binders = body.prefixed16('binders');
  while (binders.remaining > 0) binderLengths.push(binders.prefixed8('binder').remaining);
  body.finish('pre_shared_key');
  return { identity_lengths: identityLengths, binder_lengths: binderLengths };
}

/** application_settings (draft-vvv-tls-alps): protocols, as ALPN writes them. */
const applicationSettings: ReadContent = (body) => ({
  supported_protocols: protocolNames(body.prefixed16('supported_protocols')),
});

/** Signature schemes behind a two-byte length: RFC 8446 section 4.2.3, RFC 9345 section 4.1.1. */
const signatureSchemes: ReadContent = (body) => ({
  signature_schemes: u16s(body.prefixed16('signature_schemes'), name.signatureScheme, 'signature_scheme'),
});

const certificateTypes: ReadContent = (body) => ({
  certificate_types: u8s(body.prefixed8('certificate_types'), name.certificateType, 'certificate_type'),
});

/** How to read each extension. Those that are not here are told by their length. */
const readers: ReadonlyMap<number, ReadContent> = new Map<number, ReadContent>([
  [ExtensionType.serverName, (_, { serverName }) => (serverName === null ? null : { host_name: serverName })],
  [1, (body) => ({ max_fragment_length: [name.maxFragmentLength(body.u8('max_fragment_length'))] })],
  [5, (body) => ({ status_type: [name.certificateStatusType(body.u8('status_type'))] })],
  [ExtensionType.supportedGroups, (_, hello) => known('groups', hello.supportedGroups, name.supportedGroup)],
  [ExtensionType.ecPointFormats, (_, hello) => known('formats', hello.ecPointFormats, name.ecPointFormat)],
  [
    ExtensionType.signatureAlgorithms,
    (_, hello) => known('signature_schemes', hello.signatureAlgorithms, name.signatureScheme),
  ],
  [15, (body) => ({ mode: [name.heartbeatMode(body.u8('mode'))] })],
  [ExtensionType.alpn, (_, hello) => known('protocol_names', hello.alpn, asSent)],
  [19, certificateTypes],
  [20, certificateTypes],
  [
    ExtensionType.compressCertificate,
    (_, hello) => known('algorithms', hello.compressCertificate, name.compressionAlgorithm),
  ],
  [
    ExtensionType.recordSizeLimit,
    (_, { recordSizeLimit }) => (recordSizeLimit === null ? null : { record_size_limit: recordSizeLimit }),
  ],
  [34, signatureSchemes],
  [ExtensionType.sessionTicket, (body) => ({ ticket_length: body.remaining })],
  [ExtensionType.preSharedKey, offeredPsks],
  [ExtensionType.supportedVersions, (_, hello) => known('versions', hello.supportedVersions, name.version)],
  [44, (body) => ({ cookie_length: body.prefixed16('cookie').remaining })],
  [
    ExtensionType.pskKeyExchangeModes,
    (_, hello) => known('ke_modes', hello.pskKeyExchangeModes, name.pskKeyExchangeMode),
  ],
  [50, signatureSchemes],
  [
    ExtensionType.keyShare,
    (body, hello) => (hello.keyShareGroups === null ? null : { client_shares: keyShares(body) }),
  ],
  [17513, applicationSettings],
  [17613, applicationSettings],
  // RFC 5746 section 3.2: empty in the first hello of a connection.
  [65281, (body) => ({ renegotiated_connection_length: body.prefixed8('renegotiated_connection').remaining })],
  [ExtensionType.encryptedClientHello, (_, hello) => ({ outer: hello.ech })],
]);

/**
 * What the content of an extension says; null where it is empty or unknown.
 *
 * @param offset of the content in the message, for errors
 * @throws SensorError where the content is not as its specification has it
 */
export function readContent(
  type: number,
  content: Uint8Array,
  offset: number,
  hello: ClientHello,
): ExtensionContent | null {
  const read = readers.get(type);
  if (read === undefined) return null;
  return read(new Reader(content, 0, content.length, offset), hello);
}
