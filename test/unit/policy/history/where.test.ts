import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkNumber, networkOfNumber, whereIs } from '../../../../src/policy/history/where.js';

describe('networks', () => {
  it.each([
    ['192.0.2.77', '192.0.2.77', '192.0.2.0/24'],
    ['0.0.0.0', '0.0.0.0', '0.0.0.0/24'],
    ['255.255.255.255', '255.255.255.255', '255.255.255.0/24'],
    ['2001:DB8:1:2::7', '2001:db8:1:2::7', '2001:db8:1::/48'],
    ['2001:db8:0:0:0:0:0:7', '2001:db8::7', '2001:db8::/48'],
    ['::1', '::1', '::/48'],
    ['0:0:1::', '0:0:1::', '0:0:1::/48'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201', '64:ff9b::/48'],
    ['::ffff:192.0.2.1', '192.0.2.1', '192.0.2.0/24'],
    ['0:0:0:0:0:FFFF:c000:0201', '192.0.2.1', '192.0.2.0/24'],
    ['fe80::1%eth0', 'fe80::1', 'fe80::/48'],
    ['192.0.2.0/24', null, '192.0.2.0/24'],
    ['2001:db8:1::/48', null, '2001:db8:1::/48'],
  ])('%s is %s in %s', (remote, address, network) => {
    expect(whereIs(remote)).toEqual({ address, network });
    expect(networkOfNumber(networkNumber(network))).toBe(network);
  });

  it.each([
    '',
    'localhost',
    '192.0.2',
    '192.0.2.0/48',
    '2001:db8::/24',
    '192.0.2.0/16',
    '192.0.2.0/24/24',
    '1.2.3.4:5',
    ':::',
    '::ffff:1.2.3',
  ])('%j is no address', (remote) => {
    expect(whereIs(remote)).toBeNull();
  });

  it('have the addresses that Node says are in them, and one number each', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4().map((ip) => [ip, 'ipv4'] as const),
          fc.ipV6().map((ip) => [ip, 'ipv6'] as const),
        ),
        ([ip, family]) => {
          const where = whereIs(ip)!;
          const mapped = where.network.endsWith('/24') && family === 'ipv6';
          const list = new BlockList();
          list.addSubnet(where.network.slice(0, -3), Number(where.network.slice(-2)), mapped ? 'ipv4' : family);
          expect(list.check(ip, family)).toBe(true);
          expect(networkOfNumber(networkNumber(where.network))).toBe(where.network);
          expect(whereIs(where.network)).toEqual({ address: null, network: where.network });
        },
      ),
    );
  });
});
