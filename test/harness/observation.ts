import type { ClientHello, Fingerprint, LabelMatch, Observation } from '../../src/model/index.js';

/** The GnuTLS default hello of a Mutt: its values in Dovecot's documentation (ssl_ja3) and of the wire (ja3). */
export const mutt = {
  ja3: '771,4866-4867-4865-4868-49196-52393-49325-49162-49195-49324-49161-49200-52392-49172-49199-49171-157-49309-53-156-49308-47-159-52394-49311-57-158-49310-51,5-10-11-13-22-23-35-51-43-65281-0-45-28,23-24-25-29-30-256-257-258-259-260,0',
  ja3Hash: 'f35ce21b44ac0b87d3266294bb1b0e20',
  sslJa3:
    '771,4866-4867-4865-4868-49196-52393-49325-49162-49195-49324-49161-49200-52392-49172-49199-49171-157-49309-53-156-49308-47-159-52394-49311-57-158-49310-51,5-10-11-13-22-23-35-51-43-65281-0-45,23-24-25-29-30-256-257-258-259-260,0',
  sslJa3Hash: 'b7e9d913d85c071f5b806d59601e9b96',
} as const;

export const fingerprintOfMutt: Fingerprint = {
  ja3: { string: mutt.ja3, hash: mutt.ja3Hash },
  ja3n: { string: 'n', hash: '00000000000000000000000000000001' },
  sslJa3: { string: mutt.sslJa3, hash: mutt.sslJa3Hash },
  ja4: { string: 't13d2913ap_r', hash: 't13d2913ap_000000000001_000000000002' },
};

/** A hello with nothing in it but what a test says. */
export function helloWith(changes: Partial<ClientHello> = {}): ClientHello {
  const fields = {
    type: 'client_hello',
    raw: new Uint8Array(),
    legacyVersion: 771,
    random: new Uint8Array(32),
    sessionId: new Uint8Array(),
    cipherSuites: [],
    compressionMethods: [0],
    extensions: null,
    extensionTypes: [],
    serverName: null,
    supportedGroups: null,
    ecPointFormats: null,
    signatureAlgorithms: null,
    alpn: null,
    supportedVersions: null,
    keyShareGroups: null,
    pskKeyExchangeModes: null,
    compressCertificate: null,
    recordSizeLimit: null,
    ech: false,
    padding: null,
    sessionTicket: null,
    psk: false,
    notes: [],
    ...changes,
  } satisfies Partial<ClientHello>;
  return { shape: fields, ...fields };
}

/** An IMAPS login from 192.0.2.7, with what a test says instead. */
export function observationWith(changes: Partial<Observation> = {}): Observation {
  return {
    file: 'login.pcap',
    frame: 4,
    timestamp: { seconds: 1_795_321_725, nanoseconds: 123_456_000, digits: 6 },
    transport: 'tcp',
    src: { ip: '192.0.2.7', port: 41234 },
    dst: { ip: '198.51.100.1', port: 993 },
    proxiedSrc: null,
    starttls: null,
    hello: helloWith({ serverName: 'mail.example.org', supportedVersions: [0x0304, 0x0303] }),
    fingerprint: fingerprintOfMutt,
    retry: false,
    server: null,
    ...changes,
  };
}

export const labelOfMutt: LabelMatch = {
  client: 'Mutt',
  version: '2.2.9',
  tlsLibrary: 'GnuTLS',
  source: 'dovecot-docs',
  via: 'ssl_ja3',
};
