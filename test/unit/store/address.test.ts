import { BlockList, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAddress, networkOf } from '../../../src/store/address.js';

/** Whether node's own BlockList finds an address in the network that was printed. */
function holds(network: string, ip: string): boolean {
  const [base = '', bits = ''] = network.split('/');
  const list = new BlockList();
  list.addSubnet(base, Number(bits), isIPv6(base) ? 'ipv6' : 'ipv4');
  return list.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
}

describe('cutAddress', () => {
  it.each([
    ['192.0.2.77', '192.0.2.0/24'],
    ['2001:db8::7', '2001:db8::/48'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['::1', '::/48'],
    ['fe80::1%eth0', 'fe80::/48'],
    ['::ffff:192.0.2.77', '::ffff:192.0.2.0/120'],
    ['1:2:3:4:5:6:7::', '1:2:3::/48'],
  ])('leaves of %s the network %s', (ip, network) => {
    expect(networkOf(cutAddress(ip))).toBe(network);
  });

  it.each(['', 'localhost', 'unix:/run/x', '1::2::3', '1:2:3', 'g::', '192.0.2', '12345::'])(
    'leaves nothing of %j',
    (text) => {
      expect(networkOf(cutAddress(text))).toBe('');
    },
  );

  it('is a network that holds the address, is not longer, and stays as it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6().filter((ip) => !ip.includes('.')),
        ),
        (ip) => {
          const cut = cutAddress(ip);
          expect(holds(networkOf(cut), ip)).toBe(true);
          expect(cut.length).toBeLessThanOrEqual(ip.length);
          expect(cutAddress(cut)).toBe(cut);
        },
      ),
    );
  });
});
