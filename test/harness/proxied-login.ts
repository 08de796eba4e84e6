import type { HelloFingerprint, ProxiedLogin, SeenLogin } from '../../src/model/index.js';
import { mutt } from './observation.js';

const muttSslJa3 = { string: mutt.sslJa3, hash: mutt.sslJa3Hash };

/** Every view of a Mutt's hello; both OpenSSL generations know the same of its extensions. */
export const helloOfMutt: HelloFingerprint = {
  ja3: { string: mutt.ja3, hash: mutt.ja3Hash },
  // Its types in ascending order; the hash is md5sum's.
  ja3n: {
    string: mutt.ja3.replace('5-10-11-13-22-23-35-51-43-65281-0-45-28', '0-5-10-11-13-22-23-28-35-43-45-51-65281'),
    hash: '057c033f10e316133547683bcfc46c9c',
  },
  sslJa3: { '3.0': muttSslJa3, '3.5': muttSslJa3 },
  ja4: { string: 't13d2913ap_000a_0005,000a_0403', hash: 't13d2913ap_000000000001_000000000002' },
};

/** A login of a Mutt through the proxy, with what a test says instead. */
export function proxiedLogin(changes: Partial<ProxiedLogin> = {}): ProxiedLogin {
  return {
    time: { seconds: 1_795_321_725, nanoseconds: 123_000_000, digits: 3 },
    session: 'KfNMtNhgEurGM2QV',
    protocol: 'imap',
    user: 'alice@example.org',
    remote: { ip: '192.0.2.7', port: 41_234 },
    local: { ip: '198.51.100.1', port: 993 },
    mechanism: 'PLAIN',
    outcome: 'succeeded',
    reason: null,
    tls: true,
    sslJa3: muttSslJa3,
    ja3: { string: mutt.ja3, hash: mutt.ja3Hash },
    ja4: 't13d2913ap_000000000001_000000000002',
    listener: 'imaps',
    mode: 'terminated',
    starttls: false,
    tlsVersion: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    sni: 'imap.example.org',
    alpn: ['imap'],
    fingerprint: helloOfMutt,
    recognition: null,
    clientId: [['name', 'Mutt']],
    reasonCode: null,
    backend: 'dovecot (192.0.2.200:143)',
    attempt: 1,
    duration: 187,
    ...changes,
  };
}

/** The same where the outcome is known. */
export const seenLogin = (changes: Partial<SeenLogin> = {}): SeenLogin => proxiedLogin(changes) as SeenLogin;
