import type {
  HelloFingerprint,
  KnownViews,
  LabelRow,
  LoginEvent,
  ObservationRow,
  SeenLogin,
} from '../../../src/model/index.js';

/** A hello of a Mutt on GnuTLS: the strings and hashes are those of the Dovecot documentation and of real captures, never our own. */
export const MUTT: KnownViews = {
  ja3: {
    string:
      '771,4866-4867-4865-4868-49196-52393-49325-49162-49195-49324-49161-49200-52392-49172-49199-49171-157-49309-53-156-49308-47-159-52394-49311-57-158-49310-51,5-10-11-13-22-23-35-51-43-65281-0-45-28,23-24-25-29-30-256-257-258-259-260,0',
    hash: 'f35ce21b44ac0b87d3266294bb1b0e20',
  },
  ja3n: { string: 'sorted', hash: '00000000000000000000000000000001' },
  sslJa3: {
    '3.0': { string: 'mutt as OpenSSL 3.0 sees it', hash: 'b7e9d913d85c071f5b806d59601e9b96' },
    '3.5': { string: 'mutt as OpenSSL 3.5 sees it', hash: '00000000000000000000000000000035' },
  },
  ja4: { string: 't13d..._r', hash: 't13d...' },
};

/** A made-up shape: as many as a test needs, every one different. */
export function shape(number: number): KnownViews {
  const hash = number.toString(16).padStart(32, '0');
  return {
    ja3: { string: `771,${number},0,,`, hash },
    ja3n: { string: `771,${number},0,,`, hash },
    sslJa3: { '3.0': { string: `771,${number},,,`, hash }, '3.5': { string: `771,${number},,,`, hash } },
    ja4: null,
  };
}

/** The `number`-th of any number of different observations, one a second, a hundred shapes in turn. */
export function observation(number: number, change: Partial<ObservationRow> = {}): ObservationRow {
  return {
    timestamp: { seconds: 1_700_000_000 + number, nanoseconds: 123_456_789, digits: 9 },
    transport: 'tcp',
    src: { ip: `192.0.2.${number & 255}`, port: 1024 + (number % 60_000) },
    dst: { ip: '198.51.100.1', port: 993 },
    proxiedSrc: null,
    starttls: null,
    sni: 'mail.example.org',
    alpn: null,
    tlsVersion: '1.3',
    retry: false,
    fingerprint: shape(number % 100),
    ...change,
  };
}

export function observations(from: number, count: number): ObservationRow[] {
  return Array.from({ length: count }, (_, index) => observation(from + index));
}

export function label(change: Partial<LabelRow> = {}): LabelRow {
  return {
    view: 'ssl_ja3',
    hash: 'b7e9d913d85c071f5b806d59601e9b96',
    string: null,
    client: 'Mutt',
    version: '2.2.9',
    tlsLibrary: 'GnuTLS',
    kind: 'user agent',
    weight: 1,
    quality: 'documented',
    source: 'dovecot-docs',
    sourceRow: 2,
    licence: 'facts',
    captured: null,
    ...change,
  };
}

/** The `number`-th of any number of different logins, one a second. Every tenth fails. */
export function login(number: number, change: Partial<LoginEvent> = {}): LoginEvent {
  return {
    time: { seconds: 1_700_000_000 + number, nanoseconds: 500_000_000, digits: 3 },
    session: `session${number}`,
    protocol: 'imap',
    user: `user${number % 50}@example.org`,
    remote: { ip: `192.0.2.${number & 255}`, port: 40_000 },
    local: { ip: '198.51.100.1', port: 993 },
    mechanism: 'PLAIN',
    outcome: number % 10 === 9 ? 'failed' : 'succeeded',
    reason: number % 10 === 9 ? 'auth failed, 1 attempts in 2 secs' : null,
    tls: true,
    sslJa3: { string: null, hash: 'b7e9d913d85c071f5b806d59601e9b96' },
    ja3: null,
    ja4: null,
    ...change,
  };
}

/** The same as a proxy saw it. */
export function seenLogin(number: number, change: Partial<SeenLogin> = {}): SeenLogin {
  return {
    ...login(number),
    session: `session${number}`,
    remote: { ip: `192.0.2.${number & 255}`, port: 40_000 },
    local: { ip: '198.51.100.1', port: 993 },
    listener: 'imaps',
    mode: 'terminated',
    starttls: false,
    tlsVersion: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    sni: 'imap.example.org',
    alpn: null,
    fingerprint: MUTT as HelloFingerprint,
    recognition: null,
    clientId: [
      ['name', 'Mutt'],
      ['os', null],
    ],
    reasonCode: number % 10 === 9 ? 'auth_failed' : null,
    backend: 'dovecot (192.0.2.200:143)',
    attempt: 1,
    duration: 250,
    ...change,
  };
}

/** A log told one value of a hello. */
export function partly(known: Partial<KnownViews>): KnownViews {
  return { ja3: null, ja3n: null, sslJa3: { '3.0': null, '3.5': null }, ja4: null, ...known };
}
