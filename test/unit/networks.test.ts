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
