// Computes every fingerprint of one ClientHello, given in hex as a handshake message (01 00 …).
//
//   node examples/fingerprint-a-hello.mjs 0100002d0303…
import { fingerprint, parseClientHello } from 'ja3-sensor';

// A small TLS 1.2 hello: two cipher suites, supported_groups x25519 and secp256r1, uncompressed points.
const small = `01000041 0303 ${'5a'.repeat(32)} 00 0004c02fc030 0100 0014 000a00060004001d0017 000b00020100 00170000`;

const hex = (process.argv[2] ?? small).replaceAll(/\s/g, '');
const hello = parseClientHello(Buffer.from(hex, 'hex'));
const { ja3, ja3n, sslJa3, ja4 } = fingerprint(hello);
console.log({ ja3, ja3n, sslJa3, ja4 });
console.log('a Dovecot linked with OpenSSL 3.5 would print', fingerprint(hello, { openssl: '3.5' }).sslJa3.hash);
