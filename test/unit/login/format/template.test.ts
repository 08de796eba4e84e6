import { describe, expect, it } from 'vitest';
import { SensorError } from '../../../../src/errors.js';
import { compileFormat, type LineStyle } from '../../../../src/login/index.js';
import type { ProxiedLogin } from '../../../../src/model/index.js';
import { mutt } from '../../../harness/observation.js';
import { proxiedLogin } from '../../../harness/proxied-login.js';

const FORMAT = '%{message}: %{elements}';
const privacy = { userName: null, truncateAddresses: false };

function line(style: LineStyle, elements: string, changes: Partial<ProxiedLogin> = {}, format = FORMAT): string {
  const login = proxiedLogin({
    user: 'u1',
    remote: { ip: '127.0.0.9', port: 41_601 },
    local: { ip: '127.0.0.1', port: 27_956 },
    ...changes,
  });
  return compileFormat({ style, format, elements })({ login, message: 'said', openssl: '3.0', privacy, pid: 24_735 });
}

const failed: Partial<ProxiedLogin> = { user: 'jo@ex.org', outcome: 'failed', reasonCode: 'auth_failed' };
const nobody: Partial<ProxiedLogin> = {
  user: null,
  mechanism: null,
  tls: false,
  tlsVersion: null,
  cipher: null,
  fingerprint: null,
  sslJa3: null,
  ja3: null,
  ja4: null,
};

/** What Debian's Dovecot 2.3.19 and 2.4.1 wrote by the same settings of the same logins: a success, a wrong password, a connection that ended in clear. */
const written: readonly (readonly [LineStyle, elements: string, Partial<ProxiedLogin>, dovecots: string])[] = [
  ['2.3', 'user=<%u> method=%m rip=%r', {}, 'user=<u1>, method=PLAIN, rip=127.0.0.9'],
  ['2.3', 'user=<%u> method=%m rip=%r', nobody, 'user=<>, rip=127.0.0.9'],
  ['2.3', 'foo user=<%u> bar=%{passdb:x} %c m=%m', {}, 'user=<u1>, bar=, TLS, m=PLAIN'],
  ['2.3', 'foo user=<%u> bar=%{passdb:x} %c m=%m', nobody, 'user=<>, bar='],
  ['2.3', 'x%m rip=%r', failed, 'xPLAIN, rip=127.0.0.9'],
  ['2.3', 'x%m rip=%r', nobody, 'rip=127.0.0.9'],
  [
    '2.3',
    'user=<%n> dom=%d %s %a %b %k',
    failed,
    'user=<jo>, dom=ex.org, imap, 27956, 41601, TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)',
  ],
  ['2.3', 'user=<%n> dom=%d %s %a %b %k', nobody, 'user=<>, imap, 27956, 41601'],
  ['2.3', '%u:%m rip=%r e%%e rip2=%r', {}, 'u1:PLAIN, rip=127.0.0.9, rip2=127.0.0.9'],
  ['2.3', '%u:%m rip=%r e%%e rip2=%r', nobody, ':, rip=127.0.0.9, rip2=127.0.0.9'],
  [
    '2.3',
    'user=<%Uu> %{user} %{rip} %{local_ip} p=%{pid} %{auth_user} %{orig_user} l=%{listener}',
    { ...failed, listener: 'imaps' },
    'user=<JO@EX.ORG>, jo@ex.org, 127.0.0.9, 127.0.0.1, p=24735, jo@ex.org, jo@ex.org, l=imaps',
  ],
  ['2.4', 'user=<%{user}> method=%{mechanism} rip=%{remote_ip}', nobody, 'user=<>, rip=127.0.0.9'],
  ['2.4', 'foo user=<%{user}> bar=%{passdb:x} %{secured} m=%{mechanism}', {}, 'user=<u1>, TLS, m=PLAIN'],
  // The comma of the last one that was left out
  ['2.4', 'foo user=<%{user}> bar=%{passdb:x} %{secured} m=%{mechanism}', nobody, 'user=<>, '],
  [
    '2.4',
    'u=%{user|username} d=%{user|domain} %{protocol} %{local_port} %{remote_port} %{ssl_security}',
    {},
    'u=u1, d=, imap, 27956, 41601, TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)',
  ],
  [
    '2.4',
    'u=%{user|username} d=%{user|domain} %{protocol} %{local_port} %{remote_port} %{ssl_security}',
    nobody,
    'u=, d=, imap, 27956, 41601, ',
  ],
  [
    '2.4',
    '%{user}:%{mechanism} %{mechanism}:%{user} e%%e rip2=%{remote_ip}',
    failed,
    'jo@ex.org:PLAIN, PLAIN:jo@ex.org, rip2=127.0.0.9',
  ],
  ['2.4', '%{user}:%{mechanism} %{mechanism}:%{user} e%%e rip2=%{remote_ip}', nobody, ':, :, rip2=127.0.0.9'],
  [
    '2.4',
    "d=%{mechanism|default('none')} t=%{user|truncate(1)} s=%{user|substr(0,1)} rip=%{remote_ip}",
    failed,
    'd=PLAIN, t=j, s=j, rip=127.0.0.9',
  ],
];

describe('elements', () => {
  it.each(written)('as a Dovecot %s writes %s (%#)', (style, elements, changes, dovecots) => {
    expect(line(style, elements, changes)).toBe(`said: ${dovecots}`);
  });

  it('take names and letters of either version in both', () => {
    const both = 'u=%u %{rip} %{remote_ip} %{mech} %{mechanism} %{user|upper} %Uu';
    const wanted = 'said: u=u1, 127.0.0.9, 127.0.0.9, PLAIN, PLAIN, U1, U1';
    expect([line('2.3', both), line('2.4', both)]).toEqual([wanted, wanted]);
    expect(line('2.3', 'u=%u', {}, '%$: %s')).toBe('said: u=u1');
  });

  it('take spaces and braces inside a variable', () => {
    expect(line('2.4', 'u=%{user | upper}x d=%{mail_pid | default("a }b")} rip=%r')).toBe('said: u=U1x, rip=127.0.0.9');
    expect(line('2.4', 'm=%{mechanism | lower | default("a }b")} rip=%r', { mechanism: null })).toBe(
      'said: rip=127.0.0.9',
    );
    expect(line('2.4', 'u=%{user | default("a }b")}', { user: null })).toBe('said: u=a }b');
  });

  it('show the fingerprint in all its views', () => {
    // ja3 and ssl_ja3 of Mutt are those of the documentation of Dovecot and of ja3.
    expect(line('2.4', '%{ssl_ja3_hash} %{ja3_hash} %{ja3n_hash} %{ja4}')).toBe(
      `said: ${mutt.sslJa3Hash}, ${mutt.ja3Hash}, 057c033f10e316133547683bcfc46c9c, t13d2913ap_000000000001_000000000002`,
    );
    expect(line('2.3', 'ja3h=%{passdb:forward_ssl_ja3_hash} %{ssl_ja3} %{ja3}')).toBe(
      `said: ja3h=${mutt.sslJa3Hash}, ${mutt.sslJa3}, ${mutt.ja3}`,
    );
  });

  it('have no ssl_ja3 where the handshake came to nothing, as Dovecot has none', () => {
    const cut: Partial<ProxiedLogin> = {
      outcome: 'none',
      reasonCode: 'tls_handshake_not_finished',
      reason: 'no shared cipher',
    };
    expect(line('2.4', 'h=%{ssl_ja3_hash} %{secured} j=%{ja3_hash}', cut)).toBe(
      `said: TLS handshaking: no shared cipher, j=${mutt.ja3Hash}`,
    );
  });

  it('show what was recognised and what a policy said', () => {
    const label = {
      client: 'Mutt <x>,',
      version: '2.2.9',
      tlsLibrary: 'GnuTLS',
      source: 's',
      view: 'ja3',
      hash: mutt.ja3Hash,
      string: null,
      kind: 'user agent',
      weight: 1,
      quality: 'measured',
      sourceRow: 1,
      licence: 'CC0',
      captured: null,
    } as const;
    const login = {
      ...proxiedLogin(),
      recognition: {
        rung: 'ja3',
        score: 0.98765,
        confidence: null,
        family: 'GnuTLS',
        candidates: [{ label, share: 1 }],
        difference: null,
      },
      verdict: { action: 'tarpit', seconds: 3, rule: 'new client', source: 'rules', ignored: null },
    } as const;
    const elements = 'c=%{client} %{client_rung} %{client_score} %{verdict} rule=%{verdict_rule}';
    const template = compileFormat({ style: '2.4', format: FORMAT, elements });
    const record = { message: 'said', openssl: '3.0', privacy, pid: 1 } as const;
    expect(template({ ...record, login })).toBe('said: c=Mutt ?x?? 2.2.9, ja3, 0.9877, tarpit, rule=new client');
    expect(template({ ...record, login: proxiedLogin() })).toBe('said: ');
  });
});

describe('what cannot be read', () => {
  const refusal = (elements: string, format = FORMAT): SensorError => {
    const suggest = (word: string, known: readonly string[]) =>
      known.find((name) => name.startsWith(word.slice(0, 6))) ?? null;
    try {
      compileFormat({ style: '2.4', format, elements, suggest });
    } catch (error) {
      if (error instanceof SensorError) return error;
    }
    throw new Error('was read');
  };

  it.each([
    ['user=<%{user}> %{remote_ib}', 15, 'there is no variable %{remote_ib}; remote_ip?'],
    ['%{user | lowercase}', 8, 'there is no filter lowercase'],
    ['%{user | defaulted(1)}', 8, 'there is no filter defaulted; default?'],
    ['a=%q', 2, 'there is no variable %q'],
    ['a=%{user', 2, 'a %{ without its }'],
    ['a=%{}', 2, 'no name behind %{'],
    ['a=%{user x}', 9, '%{user does not go on with | or }'],
    ['a=%{user|}', 9, 'no filter behind |'],
    ['a=%{user|truncate}', 9, 'truncate does not take these arguments'],
    ["a=%{user|truncate('1')}", 9, 'truncate does not take these arguments'],
    ['a=%{user|truncate(x)}', 18, 'an argument of truncate that is no number and no text in quotes'],
    ['a=%{user|truncate(1}', 19, 'no ) behind the arguments of truncate'],
    ['100%', 3, 'a % that begins no variable; a percent sign is %%'],
    [`%{user${'|upper'.repeat(9)}}`, 54, 'more than 8 filters'],
    ['a '.repeat(65), 128, 'more than 64 elements'],
    ['x'.repeat(4_097), 4_096, 'more than 4096 characters'],
  ])('%s', (elements, offset, reason) => {
    const { code, field, offset: at, message } = refusal(elements);
    expect([code, field, at, message]).toEqual([
      'login_format',
      'login_log_format_elements',
      offset,
      `login_log_format_elements: ${reason}`,
    ]);
  });

  it('names the other setting too', () => {
    const { field, offset, message } = refusal('u=%u', '%{message}: %{element}');
    expect([field, offset]).toEqual(['login_log_format', 12]);
    expect(message).toContain('%{element}; elements?');
  });
});
