import { describe, expect, it } from 'vitest';
import { MAX_LOGIN } from '../../../../src/policy/server/limits.js';
import { readLogin, readReport } from '../../../../src/policy/server/read-login.js';
import { loginRequest, reportRequest } from '../../../../src/policy/server/requests.js';

const client = { device: 'a device', aliases: [], recognition: null };
const read = (body: unknown) => readLogin(loginRequest.parse(body), 7, () => client);

describe('a login of a request', () => {
  it('is what was told', () => {
    expect(
      read({
        attrs: { sni: 'Mail.example.org', local_port: '993', mechanism: 'plain', tls_version: 'TLSv1.3' },
        device_id: '"name" "Mutt"',
        login: 'User@example.org',
        protocol: 'IMAP',
        pwhash: '0154',
        remote: '::ffff:192.0.2.7',
        session_id: 'abc',
        tls: true,
      }),
    ).toEqual({
      time: 7,
      session: 'abc',
      user: 'User@example.org',
      remote: '192.0.2.7',
      protocol: 'imap',
      port: 993,
      sni: 'mail.example.org',
      mechanism: 'PLAIN',
      tls: true,
      tlsVersion: 'TLSv1.3',
      clientId: [['name', 'Mutt']],
      views: { ja3: null, ja3n: null, sslJa3: null, ja4: null },
      client,
    });
  });

  const nothing = {
    time: 7,
    session: null,
    user: null,
    remote: null,
    protocol: null,
    port: null,
    sni: null,
    mechanism: null,
    tls: false,
    tlsVersion: null,
    clientId: null,
    views: { ja3: null, ja3n: null, sslJa3: null, ja4: null },
    client,
  };
  const empty = {
    device_id: '',
    fail_type: '',
    login: '',
    protocol: '',
    pwhash: '',
    remote: '',
    session_id: '',
    tls: '',
  };
  it.each([
    {},
    { attrs: null },
    { attrs: {} },
    { ...empty, attrs: { ja3: '', sni: '', local_port: '' } },
    { login: null, remote: null },
    // Debian's Dovecot 2.3.19, of variables it does not know.
    {
      device_id: 'UNSUPPORTED_VARIABLE_client_id',
      login: 'UNSUPPORTED_VARIABLE_requested_username',
      protocol: 'UNSUPPORTED_VARIABLE_protocol',
      remote: 'UNSUPPORTED_VARIABLE_remote_ip',
      session_id: 'UNSUPPORTED_VARIABLE_session',
      attrs: {
        ja3: 'UNSUPPORTED_VARIABLE_ssl_ja3_hash',
        sni: ['UNSUPPORTED_VARIABLE_local_name', 'a'],
        mechanism: 'UNSUPPORTED_VARIABLE_mechanism',
        tls_version: 'UNSUPPORTED_VARIABLE_tls_version',
      },
    },
  ])('is nothing where nothing was told: %j', (body) => expect(read(body)).toEqual(nothing));

  it.each<[object, object]>([
    [
      { local_name: 'a', lport: 25, mech: 'login' },
      { sni: 'a', port: 25, mechanism: 'LOGIN' },
    ],
    [{ attrs: { local_name: 'a', lport: 25, mech: 'login' } }, { sni: 'a', port: 25, mechanism: 'LOGIN' }],
    [{ attrs: { sni: 'a' }, sni: 'b' }, { sni: 'a' }],
    [{ attrs: { sni: '' }, sni: 'b' }, { sni: 'b' }],
    [{ attrs: { sni: ['a', 'b'] } }, { sni: 'a' }],
    [{ attrs: { sni: [{}, 'b'] } }, { sni: 'b' }],
    [{ attrs: { sni: [] } }, { sni: null }],
    [{ attrs: { mechanism: 'UNSUPPORTED_VARIABLE_mechanism', mech: 'plain' } }, { mechanism: 'PLAIN' }],
    [{ session_id: 'a UNSUPPORTED_VARIABLE_session' }, { session: 'a UNSUPPORTED_VARIABLE_session' }],
    // Whoever comes to Dovecot directly can say so too.
    [
      { device_id: '"x-client-transport" "TLS" "x-connected-name" "mail.example.org"', tls: false },
      { tls: false, sni: null },
    ],
    [{ login: 4711 }, { user: '4711' }],
    [{ login: false }, { user: 'false' }],
    [{ tls: 'true' }, { tls: true }],
    [{ tls: 'false' }, { tls: false }],
    [{ remote: 'unix' }, { remote: null }],
    [{ local_port: '65535' }, { port: 65_535 }],
  ])('%j', (body, wanted) => expect(read(body)).toMatchObject(wanted));

  it.each(['0', '65536', '-1', '1e3', 'imaps', '000993'])('%s is no port', (port) =>
    expect(read({ local_port: port }).port).toBeNull(),
  );

  it.each([
    { login: {} },
    { login: ['a'] },
    { remote: {} },
    { attrs: [] },
    { attrs: 'x' },
    { attrs: { ja3: {} } },
    { tls: 'yes' },
    [],
  ])('takes no %j', (body) => expect(loginRequest.safeParse(body).success).toBe(false));

  it('a name that is too long is cut between two characters', () => {
    const fitting = 'a'.repeat(MAX_LOGIN);
    expect(read({ login: fitting }).user).toBe(fitting);
    expect(read({ login: `${fitting}a` }).user).toBe(fitting);
    expect(read({ login: `a${'ä'.repeat(MAX_LOGIN)}` }).user).toBe(`a${'ä'.repeat((MAX_LOGIN - 2) / 2)}`);
    expect(read({ login: `a${'😀'.repeat(MAX_LOGIN)}` }).user).toBe(`a${'😀'.repeat(MAX_LOGIN / 4 - 1)}`);
  });
});

describe('a report', () => {
  const report = (body: unknown) => readReport(reportRequest.parse(body));

  it.each([
    [
      { success: true, policy_reject: false, fail_type: '' },
      { success: true, policyReject: false, failType: null },
    ],
    [
      { success: false, policy_reject: false, fail_type: 'credentials' },
      { success: false, policyReject: false, failType: 'credentials' },
    ],
    [
      { success: false, policy_reject: true, fail_type: 'policy' },
      { success: false, policyReject: true, failType: 'policy' },
    ],
    [{ success: 'true' }, { success: true, policyReject: false, failType: null }],
    [
      { success: false, policy_reject: true, fail_type: 'UNSUPPORTED_VARIABLE_fail_type' },
      { success: false, policyReject: true, failType: null },
    ],
    [
      { success: 'false', policy_reject: 'true' },
      { success: false, policyReject: true, failType: null },
    ],
  ])('%j', (body, wanted) => expect(report(body)).toEqual(wanted));

  it.each([{}, { success: null }, { success: '' }, { success: 1 }, { success: 'yes' }])('takes no %j', (body) =>
    expect(reportRequest.safeParse(body).success).toBe(false),
  );
});
