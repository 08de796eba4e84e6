import { describe, expect, it } from 'vitest';
import { BackendHosts } from '../../../../src/proxy/link/hosts.js';

function hostsNamed(...names: string[]): BackendHosts {
  return new BackendHosts({ name: 'store', hosts: names.map((host) => ({ host, port: 143 })) });
}

/** The order of a link made at that time. */
function order(hosts: BackendHosts, now: number): string {
  return hosts
    .inTurn(now)
    .map(({ address }) => address.host)
    .join('');
}

const S = 1000;

describe('hosts in turn', () => {
  it('rotate while they are healthy', () => {
    const hosts = hostsNamed('a', 'b', 'c');
    expect([0, 1, 2, 3].map((now) => order(hosts, now))).toEqual(['abc', 'bca', 'cab', 'abc']);
  });

  it('a host is named with its backend, IPv6 in brackets', () => {
    expect(hostsNamed('a.example', '2001:db8::1').hosts.map(({ label }) => label)).toEqual([
      'store (a.example:143)',
      'store ([2001:db8::1]:143)',
    ]);
  });

  it('one that failed comes last for 10 s, then 20, 40, 60 and 60', () => {
    const hosts = hostsNamed('a', 'b');
    const [a] = hosts.hosts;
    let now = 0;
    for (const penalty of [10, 20, 40, 60, 60]) {
      a!.failed(now, false);
      expect([order(hosts, now), order(hosts, now)]).toEqual(['ba', 'ba']);
      expect([order(hosts, now + penalty * S - 1), order(hosts, now + penalty * S - 1)]).toEqual(['ba', 'ba']);
      now += penalty * S;
      expect([order(hosts, now), order(hosts, now)].toSorted()).toEqual(['ab', 'ba']);
    }
  });

  it('failures of many links at once are one', () => {
    const hosts = hostsNamed('a', 'b');
    const [a] = hosts.hosts;
    for (let i = 0; i < 100; i++) a!.failed(i, false);
    expect(a!.last(10 * S - 1)).toBe(true);
    expect(a!.last(10 * S)).toBe(false);
  });

  it('where all fail, the one that is forgiven first comes first, and all are tried', () => {
    const hosts = hostsNamed('a', 'b', 'c');
    const [a, b, c] = hosts.hosts;
    c!.failed(1, false);
    a!.failed(2, false);
    b!.failed(3, false);
    expect(order(hosts, 4)).toBe('cab');
  });

  it('begin anew after a success: the next penalty is the first again', () => {
    const [a] = hostsNamed('a').hosts;
    a!.failed(0, false);
    a!.failed(10 * S, false);
    expect(a!.succeeded(30 * S, false)).toBe(true);
    a!.failed(31 * S, false);
    expect(a!.last(41 * S - 1)).toBe(true);
    expect(a!.last(41 * S)).toBe(false);
  });
});

describe('what is news', () => {
  it('a first failure, and a success after the penalty', () => {
    const [a] = hostsNamed('a').hosts;
    expect(a!.succeeded(0, false)).toBe(false);
    expect(a!.failed(1, false)).toBe(true);
    expect(a!.failed(2, false)).toBe(false);
    expect(a!.succeeded(10 * S + 1, false)).toBe(true);
    expect(a!.succeeded(10 * S + 2, false)).toBe(false);
  });

  it('clients whose links fail and come about by turns tell of one change in 10 s', () => {
    const [a] = hostsNamed('a').hosts;
    let news = 0;
    for (let now = 0; now < 10 * S; now += 100) {
      news += Number(a!.failed(now, false)) + Number(a!.succeeded(now + 50, false));
    }
    expect(news).toBe(1);
  });

  it('what a health check finds holds until the next one, and counts at once', () => {
    const [a] = hostsNamed('a').hosts;
    expect(a!.failed(0, true)).toBe(true);
    expect(a!.last(3600 * S)).toBe(true);
    expect(a!.succeeded(3600 * S, false)).toBe(false);
    expect(a!.last(3600 * S)).toBe(true);
    expect(a!.succeeded(3601 * S, true)).toBe(true);
    expect(a!.last(3601 * S)).toBe(false);
  });

  it('a health check ends a penalty that a link brought', () => {
    const [a] = hostsNamed('a').hosts;
    a!.failed(0, false);
    expect(a!.succeeded(1, true)).toBe(true);
    expect(a!.last(1)).toBe(false);
  });
});
