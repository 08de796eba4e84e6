// Prints who sent which fingerprint in a capture file.
//
//   node examples/fingerprint-a-capture.mjs samples/mail-logins.pcapng
import { readCapture, SensorError } from 'ja3-sensor';

const file = process.argv[2] ?? 'samples/mail-logins.pcapng';
try {
  for await (const { src, dst, starttls, hello, fingerprint } of readCapture(file)) {
    const how = starttls === null ? 'TLS' : `${starttls} STARTTLS`;
    console.log(`${src.ip} → ${dst.ip}:${dst.port} (${how}) sni=${hello.serverName} ja3=${fingerprint.ja3.hash}`);
  }
} catch (error) {
  // Everything wrong with a capture is a SensorError: match on its code. What could be read was printed above.
  if (!(error instanceof SensorError)) throw error;
  console.error(`${file}: ${error.message} (${error.code} at byte ${error.offset})`);
  process.exitCode = 1;
}
