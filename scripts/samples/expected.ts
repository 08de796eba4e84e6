/**
 * Asks other people's programs what is in a capture and writes it beside it: expected.json for the tests, README.md for people.
 *
 *     expected.ts --capture FILE --folder FOLDER --about TEXT [--dovecot-log FILE --dovecot-version TEXT]
 *
 * Frames, addresses, SNI and ja3 come from tshark; ja4 from the package read-tls-client-hello; ssl_ja3 from the log of a Dovecot that has it.
 * Nothing here comes from this project's own code.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parseArgs } from 'node:util';
import { calculateJa4, readTlsClientHello } from 'read-tls-client-hello';
import { type DovecotLogin, readDovecotLog } from './dovecot-log.js';
import { askTshark, type SeenHello } from './tshark.js';

const { values } = parseArgs({
  options: {
    capture: { type: 'string' },
    folder: { type: 'string' },
    about: { type: 'string' },
    'dovecot-log': { type: 'string' },
    'dovecot-version': { type: 'string', default: 'Dovecot' },
  },
});
const capture = values.capture!;
const folder = values.folder!;

const seen = askTshark(capture);
const logins = values['dovecot-log'] ? readDovecotLog(readFileSync(values['dovecot-log'], 'utf8')) : [];
const hellos: Awaited<ReturnType<typeof expected>>[] = [];
for (const hello of seen.hellos) hellos.push(await expected(hello, logins));

const require = createRequire(import.meta.url);
const ja4Tool = `read-tls-client-hello ${(require('read-tls-client-hello/package.json') as { version: string }).version}`;
const tshark = `tshark ${seen.version}`;
const confirmedBy = {
  'packets, connections, frame, addresses, sni, retry, psk, ja3, ja3_hash': tshark,
  'starttls, proxied_src': `the packets before the hello, as ${tshark} shows them`,
  ja4: ja4Tool,
  ...(logins.length > 0 && { 'ssl_ja3, ssl_ja3_hash': `the login log of ${values['dovecot-version']}` }),
};
const description = {
  capture: basename(capture),
  confirmed_by: confirmedBy,
  packets: seen.packets,
  connections: seen.connections,
  hellos,
};
writeFileSync(join(folder, 'expected.json'), `${JSON.stringify(description, null, 2)}\n`);
writeFileSync(join(folder, 'README.md'), readme());
console.log(`${basename(capture)}: ${seen.packets} packets, ${seen.connections} connections, ${hellos.length} hellos`);

async function expected(hello: SeenHello, logged: readonly DovecotLogin[]) {
  const { raw, ...rest } = hello;
  const login = logged.find((one) => one.rip === hello.src_ip && one.rport === hello.src_port);
  // after HelloRetryRequest Dovecot has the second hello's, so it says nothing of the first
  const replaced = seen.hellos.some(
    (other) => other.retry && !hello.retry && other.src_ip === hello.src_ip && other.src_port === hello.src_port,
  );
  return {
    ...rest,
    ja4: await ja4(raw),
    ...(login && !replaced && { ssl_ja3: login.ja3, ssl_ja3_hash: login.ja3Hash }),
  };
}

/** JA4 of a handshake message, which is put into one record for the program that wants a stream. */
async function ja4(raw: string): Promise<string> {
  const message = Buffer.from(raw, 'hex');
  const record = Buffer.from([22, 3, 1, message.length >>> 8, message.length & 255]);
  const stream = new PassThrough();
  stream.write(Buffer.concat([record, message]));
  return calculateJa4(await readTlsClientHello(stream));
}

/** What the samples in folders below this one are about, as their README.md begins. */
function below(): string {
  const lines = readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'expected.json')))
    .map((name) => `- [${name}](${name}/): ${readFileSync(join(folder, name, 'README.md'), 'utf8').split('\n')[2]}`);
  return lines.length > 0 ? `\nThe others:\n\n${lines.join('\n')}\n` : '';
}

function readme(): string {
  const packages =
    'dovecot-core mutt isync fetchmail msmtp swaks curl openssl gnutls-bin sieve-connect python3 haproxy tcpdump tshark';
  const versions = execFileSync('dpkg-query', ['-W', '-f', `\${Package} \${Version}\n`, ...packages.split(' ')], {
    encoding: 'utf8',
  }).trim();
  const rows = hellos.map(
    (h) =>
      `| ${h.frame} | ${h.src_ip} | ${h.dst_port} | ${h.starttls ?? ''} | ${h.sni ?? ''} | ${h.ja3_hash}${h.retry ? ' (retry)' : ''}${h.psk ? ' (psk)' : ''} |`,
  );
  const table = ['| frame | client | port | starttls | sni | ja3_hash |', '|---|---|---|---|---|---|', ...rows];
  return `# ${basename(capture)}

${values.about}

${seen.packets} packets, ${seen.connections} connections, ${hellos.length} hellos.${hellos.length > 0 ? ' What each must give is in expected.json:' : ''}

${hellos.length > 0 ? `${table.join('\n')}\n\n` : ''}Who says so: ${Object.entries(confirmedBy)
    .map(([what, tool]) => `${what}: ${tool}`)
    .join('; ')}.

Made by \`scripts/make-samples.sh\` (the scenario is in scripts/samples/scenarios.sh): real programs on Debian 12 in network namespaces with addresses
reserved for documentation. The users are user1 and user2, their password is \`example\`; nothing in here is secret. Ours, under this
repository's licence.

Programs on the machine that made it:

\`\`\`
${[values['dovecot-version'] === 'Dovecot' ? '' : values['dovecot-version'], versions, `node ${process.versions.node}`].filter(Boolean).join('\n')}
\`\`\`
${below()}`;
}
