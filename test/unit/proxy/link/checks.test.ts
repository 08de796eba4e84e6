import { describe, expect, it } from 'vitest';
import { checksOf } from '../../../../src/proxy/link/checks.js';
import type { ListenerOptions, RouteOptions } from '../../../../src/proxy/options.js';
import { backendOptions, listenerOptions } from '../../../harness/links.js';

const backends = new Map(
  ['imap-a', 'imap-b', 'pop3-a'].map((name) => [name, backendOptions([], { name, tls: 'starttls' })]),
);

function checks(...listeners: Partial<ListenerOptions>[]) {
  return checksOf({ listeners: listeners.map(listenerOptions), backends });
}

/** Its protocol and TLS, and whose TLS it stands for. */
function kind(...listeners: Partial<ListenerOptions>[]): Record<string, string> {
  return Object.fromEntries(
    [...checks(...listeners)].map(([name, { protocol, tls, terminated }]) => [
      name,
      `${protocol} ${tls} ${terminated ? 'terminated' : 'passed through'}`,
    ]),
  );
}

const to = (backend: string): RouteOptions => ({ by: 'static', backend });
const pattern = (backend: string): RouteOptions => ({
  by: 'user',
  rules: [{ match: 'pattern', pattern: '.*@(.*)', backend }],
  otherwise: null,
});

describe('how backends are checked', () => {
  it('as the listeners speak that lead to them', () => {
    expect(
      kind({ protocol: 'imap', route: to('imap-a') }, { protocol: 'pop3', tls: 'starttls', route: to('pop3-a') }),
    ).toEqual({ 'imap-a': 'imap starttls terminated', 'pop3-a': 'pop3 starttls terminated' });
  });

  it('passed through: by the client’s kind of TLS, and with any certificate', () => {
    const listener = { mode: 'passed_through', tls: 'implicit', route: to('imap-a') } as const;
    expect(kind(listener)).toEqual({ 'imap-a': 'imap implicit passed through' });
    expect(checks(listener).get('imap-a')?.verify.insecure).toBe(true);
    expect(checks({ route: to('imap-a') }).get('imap-a')?.verify.insecure).toBe(false);
  });

  it('as terminated, where listeners of both kinds lead to one', () => {
    expect(kind({ mode: 'passed_through', route: to('imap-a') }, { route: to('imap-a') })).toEqual({
      'imap-a': 'imap starttls terminated',
    });
  });

  it('by patterns that could make their names, where no route names them', () => {
    expect(
      kind({ protocol: 'imap', route: pattern('imap-$1') }, { protocol: 'pop3', route: pattern('pop3-$1') }),
    ).toEqual({
      'imap-a': 'imap starttls terminated',
      'imap-b': 'imap starttls terminated',
      'pop3-a': 'pop3 starttls terminated',
    });
  });

  it('not before a client comes, where several protocols could reach one', () => {
    expect(kind({ protocol: 'imap', route: pattern('$1') }, { protocol: 'pop3', route: pattern('$1') })).toEqual({});
    expect(
      Object.keys(kind({ protocol: 'smtp', route: pattern('$1') }, { protocol: 'submission', route: pattern('$1') })),
    ).toEqual(['imap-a', 'imap-b', 'pop3-a']);
  });
});
