import { valuesText } from './hello-text.js';
import { entry, type Look, plural } from './look.js';
import type { DerivedField, Explanation, Ja3Derivation, Ja4Derivation, Ja4Part } from './types.js';

/** How each fingerprint comes about. */
export function fingerprintsText(explanation: Explanation, look: Look): string {
  const { ja3, ja3n, sslJa3, ja4 } = explanation.fingerprints;
  const sameForBoth = sslJa3['3.0'].hash === sslJa3['3.5'].hash;
  return [
    ja3Text(
      'ja3',
      'the standard one: Suricata, Zeek, Wireshark, public lists',
      'legacy_version of the hello',
      ja3,
      look,
    ),
    ja3Text('ja3n', 'ja3 with the extensions sorted', 'legacy_version of the hello', ja3n, look),
    ja3Text(
      'ssl_ja3',
      sameForBoth ? 'what Dovecot 2.4 logs' : 'what Dovecot 2.4 logs with OpenSSL 1.1.1 to 3.1 (3.0)',
      'always 771 with Dovecot',
      sslJa3['3.0'],
      look,
    ),
    sameForBoth
      ? ''
      : ja3Text(
          'ssl_ja3',
          'what Dovecot 2.4 logs with OpenSSL 3.2 or later (3.5)',
          'always 771 with Dovecot',
          sslJa3['3.5'],
          look,
        ),
    ja4 === null ? noJa4(explanation, look) : ja4Text(ja4, look),
  ]
    .filter((section) => section !== '')
    .join('\n');
}

const LABEL = 'supported_groups'.length;

function ja3Text(name: string, what: string, version: string, derivation: Ja3Derivation, look: Look): string {
  const [first, ...lists] = derivation.fields;
  return [
    `${look.bold(`${name}  ${derivation.hash}`)}\n  ${look.dim(what)}\n`,
    `  MD5 of  ${derivation.string}\n`,
    entry('version', LABEL, `${first!.text}: ${version}`, look),
    ...lists.map((field) => entry(field.name, LABEL, fieldText(field), look)),
  ].join('');
}

function fieldText({ sent, leftOut, sorted }: DerivedField): string {
  if (sent === 0) return 'none: the field stays empty';
  const hidden = leftOut.filter(({ because }) => because === 'hidden');
  const grease = leftOut.filter(({ because }) => because === 'grease');
  const order = sorted ? 'sorted by number' : 'as sent';
  const kept = sent - leftOut.length;
  return [
    kept === sent ? `all ${sent}, ${order}` : `${kept} of ${sent}, ${order}`,
    ...(grease.length > 0 ? [`left out as GREASE: ${grease.map(({ value }) => value).join(', ')}`] : []),
    ...(hidden.length > 0 ? [`hidden by OpenSSL: ${valuesText(hidden)}`] : []),
  ].join('; ');
}

function noJa4({ kind, fingerprints }: Explanation, look: Look): string {
  const why =
    kind === 'ja3_string'
      ? 'signature algorithms, ALPN and supported_versions are not in a ja3 string'
      : `malformed in this hello: ${fingerprints.ja4Missing.join(', ')}`;
  return `${look.bold('ja4  none')}\n${entry('why', 3, why, look)}`;
}

function ja4Text({ hash, string, a, b, c }: Ja4Derivation, look: Look): string {
  return [
    `${look.bold(`ja4  ${hash}`)}\n  ja4_r  ${string}\n`,
    ...a.map(({ text, because }, i) => entry(`${i === 0 ? 'a' : ' '}  ${text}`, 5, because, look)),
    partText('b', b, 'cipher suites in hex, sorted', look),
    partText('c', c, 'extensions in hex, sorted; after _ the signature algorithms as sent', look),
  ].join('');
}

function partText(part: string, { input, hash, leftOut }: Ja4Part, what: string, look: Look): string {
  const without = leftOut.length === 0 ? '' : `; left out: ${valuesText(leftOut)}`;
  const how = input === '' ? 'nothing to hash: zeros' : `first 12 digits of SHA-256 of ${input}`;
  return `${entry(part, 1, `${hash}: ${what}${without}`, look)}${entry(' ', 1, how, look)}`;
}

/** Why two tools say two different things of one hello. */
export function differenceText(explanation: Explanation): string {
  const { fingerprints, openssl, sslJa3Differs } = explanation;
  const { ja3, sslJa3 } = fingerprints;
  const dovecot = `a Dovecot 2.4 with OpenSSL ${openssl === '3.0' ? '1.1.1 to 3.1' : '3.2 or later'}`;
  if (ja3.hash === sslJa3[openssl].hash) {
    return `ja3 and ssl_ja3 are the same for this hello: tools that read the wire and ${dovecot} both say ${ja3.hash}.`;
  }
  const reasons = sslJa3Differs.map((difference) => {
    switch (difference.because) {
      case 'version':
        return `Dovecot writes version 771 whatever was sent, here ${difference.sent.value} (${difference.sent.name})`;
      case 'hidden_extensions':
        return `its OpenSSL does not tell it of ${plural(difference.values.length, 'extension')}: ${valuesText(difference.values)}`;
      default:
        return `it keeps GREASE among the cipher suites, here ${difference.values.map(({ value }) => value).join(', ')}, so that this client has up to 16 different hashes`;
    }
  });
  return (
    'Why ja3 and ssl_ja3 differ: tools that read the wire hash what the client sent, without GREASE. Dovecot asks OpenSSL instead: ' +
    `${reasons.join('; and ')}. So of this one hello Suricata, Zeek and Wireshark say ${ja3.hash}, and ${dovecot} says ${sslJa3[openssl].hash}. ` +
    'Neither is found in a list of the other kind.'
  );
}
