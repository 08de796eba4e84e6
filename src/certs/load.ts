import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { SensorError } from '../errors.js';
import { MAX_CHAIN, MAX_FILE_BYTES } from './limits.js';
import { dnsNames } from './names.js';
import { isCertificate, isEncrypted, isPrivateKey, type PemBlock, pemBlocks } from './pem.js';
import { readTextFile } from './read-file.js';
import type { CertificateFiles, LoadedCertificate, LoadOptions } from './types.js';

/** serverAuth of extended key usage (RFC 5280 section 4.2.1.12). */
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

const OTHERS_MAY_READ = 0o004;

/**
 * Reads one certificate with its chain and key, and checks that they belong together.
 *
 * @returns the certificate, and warnings: dates, permissions, and what clients will not like, each naming the file
 * @throws SensorError `file_unreadable`, `file_too_large`, `certificate_invalid`, `certificate_order`, `key_invalid`, `key_encrypted`, `key_mismatch`; the message names
 *   the file and what to do, `field` is `chain` or `key` (`file` for the first two), `offset` counts characters of that file
 */
export function loadCertificate(
  files: CertificateFiles,
  { readFile = readTextFile, now = Date.now() }: LoadOptions = {},
): { readonly certificate: LoadedCertificate; readonly warnings: readonly string[] } {
  const chainFile = readFile(files.chain, MAX_FILE_BYTES);
  const keyPath = files.key ?? files.chain;
  const keyFile = keyPath === files.chain ? chainFile : readFile(keyPath, MAX_FILE_BYTES);

  const blocks = pemBlocks(chainFile.text).filter(isCertificate);
  const chain = readChain(files.chain, blocks);
  const { key, block } = readKey(keyPath, pemBlocks(keyFile.text));
  checkPair(files.chain, keyPath, chain, blocks, key);

  const warnings = [...chainWarnings(files.chain, chain, now)];
  if ((keyFile.mode & OTHERS_MAY_READ) !== 0) {
    warnings.push(`${keyPath}: every user of this machine may read the private key; chmod o-r would stop that`);
  }
  return {
    certificate: {
      names: dnsNames(chain[0]!.subjectAltName),
      chain: blocks.map(({ text }) => text).join(''),
      key: block.text,
    },
    warnings,
  };
}

/**
 * Reads several, in order: the first is for clients that name no server.
 *
 * @throws SensorError as {@link loadCertificate}, for the first that has something wrong
 */
export function loadCertificates(
  files: readonly CertificateFiles[],
  options: LoadOptions = {},
): { readonly entries: readonly LoadedCertificate[]; readonly warnings: readonly string[] } {
  const loaded = files.map((each) => loadCertificate(each, options));
  return {
    entries: loaded.map(({ certificate }) => certificate),
    warnings: loaded.flatMap(({ warnings }) => warnings),
  };
}

function readChain(path: string, blocks: readonly PemBlock[]): X509Certificate[] {
  if (blocks.length === 0) {
    throw new SensorError('certificate_invalid', 'chain', 0, `${path}: has no certificate in PEM form`);
  }
  if (blocks.length > MAX_CHAIN) {
    const offset = blocks[MAX_CHAIN]!.offset;
    const message = `${path}: has ${blocks.length} certificates, of ${MAX_CHAIN} at most: is this a list of authorities?`;
    throw new SensorError('certificate_invalid', 'chain', offset, message);
  }
  return blocks.map(({ text, offset }, i) => {
    try {
      return new X509Certificate(text);
    } catch (cause) {
      const message = `${path}: certificate ${i + 1} of the file cannot be read`;
      throw new SensorError('certificate_invalid', 'chain', offset, message, { cause });
    }
  });
}

function readKey(path: string, blocks: readonly PemBlock[]): { key: KeyObject; block: PemBlock } {
  const keys = blocks.filter(isPrivateKey);
  const block = keys[0];
  if (block === undefined) {
    throw new SensorError('key_invalid', 'key', 0, `${path}: has no private key in PEM form`);
  }
  if (keys.length > 1) {
    throw new SensorError('key_invalid', 'key', keys[1]!.offset, `${path}: has more than one private key`);
  }
  if (isEncrypted(block)) {
    const message = `${path}: the private key is encrypted; store it without a passphrase (openssl pkey -in FILE -out NEW)`;
    throw new SensorError('key_encrypted', 'key', block.offset, message);
  }
  try {
    return { key: createPrivateKey(block.text), block };
  } catch {
    // No cause: whatever OpenSSL says of a key stays out of logs.
    throw new SensorError('key_invalid', 'key', block.offset, `${path}: the private key cannot be read`);
  }
}

function checkPair(
  chainPath: string,
  keyPath: string,
  chain: readonly X509Certificate[],
  blocks: readonly PemBlock[],
  key: KeyObject,
): void {
  const own = chain.findIndex((certificate) => certificate.checkPrivateKey(key));
  if (own === 0) return;
  if (own > 0) {
    const message = `${chainPath}: the server's own certificate is number ${own + 1} of the file and must be the first`;
    throw new SensorError('certificate_order', 'chain', blocks[own]!.offset, message);
  }
  const message = `${keyPath}: this private key is not that of ${chainPath}; give the key the certificate was made for`;
  throw new SensorError('key_mismatch', 'key', 0, message);
}

function* chainWarnings(path: string, chain: readonly X509Certificate[], now: number): Generator<string> {
  for (const [i, certificate] of chain.entries()) {
    const which = i === 0 ? 'the certificate' : `certificate ${i + 1} of the chain`;
    if (Date.parse(certificate.validTo) < now) yield `${path}: ${which} expired on ${day(certificate.validTo)}`;
    if (Date.parse(certificate.validFrom) > now) {
      yield `${path}: ${which} is not valid before ${day(certificate.validFrom)}`;
    }
    const next = chain[i + 1];
    if (next !== undefined && !certificate.checkIssued(next)) {
      yield `${path}: certificate ${i + 2} of the chain did not issue the one before it; some clients will refuse the chain`;
    }
  }
  const own = chain[0]!;
  if (dnsNames(own.subjectAltName).length === 0) {
    yield `${path}: the certificate names no host (subjectAltName); it can only serve clients that check none`;
  }
  // An undefined list is no extension, and means every use. Its type does not say so.
  const usage = own.keyUsage as string[] | undefined;
  if (usage !== undefined && !usage.includes(SERVER_AUTH)) {
    yield `${path}: the certificate is not meant for servers (extended key usage); clients will refuse it`;
  }
  // Where its issuer can be fetched, it is not one that clients have: those of public authorities (RFC 5280 section 4.2.2.1).
  if (chain.length === 1 && own.infoAccess?.includes('CA Issuers') === true && !own.checkIssued(own)) {
    yield `${path}: has the server's certificate alone; clients need the intermediate ones too (fullchain.pem)`;
  }
}

/** `2026-11-22`, of a date as Node prints those of certificates. */
function day(text: string): string {
  return new Date(text).toISOString().slice(0, 10);
}
