import { BlockList, isIPv4 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Networks } from '../../src/networks.js';

describe('networks', () => {
  const networks = new Networks(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', 'fe80::/10']);

  it.each(['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', '2001:db8:ffff::1', 'fe80::1%eth0'])('has %s', (address) => {
    expect(networks.has(address)).toBe(true);
  });

  it.each(['11.0.0.1', '192.0.2.8', '::ffff:192.0.2.8', '2001:db9::1', '', 'localhost', undefined])(
    'has not %s',
    (address) => {
      expect(networks.has(address)).toBe(false);
    },
  );

  it('of prefix 0 has every address of its family', () => {
    expect(new Networks(['0.0.0.0/0']).has('203.0.113.9')).toBe(true);
    expect(new Networks(['0.0.0.0/0']).has('2001:db8::1')).toBe(false);
  });

  it.each(['10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', '10.0.0/8', 'localhost', '::1/129', '', '10.0.0.0/8/8'])(
    'refuses %j',
    (network) => {
      expect(() => new Networks([network])).toThrow(TypeError);
    },
  );
});

describe('networks, beside those of Node', () => {
  /** xorshift32: the same on every machine. */
  let state = 20_261_122;
  const below = (number: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % number;
  };
  const v4 = (): string => [9 + below(3), below(2), below(256), below(256)].join('.');
  const group = (): string => [0, 0x2001, 0xdb8, below(65_536), below(16)][below(5)]!.toString(16);
  const v6 = (): string => {
    const groups = Array.from({ length: 8 }, group);
    const at = below(6);
    return [
      groups.join(':'),
      `${groups.slice(0, at).join(':')}::${groups.slice(at + 2).join(':')}`,
      `::ffff:${v4()}`,
      `${groups.slice(0, 6).join(':')}:${v4()}`,
    ][below(4)]!;
  };

  it('say the same of made-up addresses', () => {
    let inside = 0;
    for (let i = 0; i < 2000; i++) {
      const told = Array.from({ length: 1 + below(3) }, () =>
        below(2) === 0 ? ([v4(), below(33), 'ipv4'] as const) : ([v6(), below(129), 'ipv6'] as const),
      );
      const theirs = new BlockList();
      for (const [address, prefix, family] of told) theirs.addSubnet(address, prefix, family);
      const ours = new Networks(told.map(([address, prefix]) => `${address}/${prefix}`));
      for (let each = 0; each < 10; each++) {
        const address = below(2) === 0 ? v4() : v6();
        const isInside = theirs.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
        expect(ours.has(address), `${address} in ${told.join(' ')}`).toBe(isInside);
        if (isInside) inside++;
      }
    }
    // Both answers were put to the test.
    expect(inside).toBeGreaterThan(1000);
  });
});
