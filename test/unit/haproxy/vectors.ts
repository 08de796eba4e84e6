/**
 * Headers that HAProxy 2.6.12 (Debian 12) wrote on loopback connections, taken off a listening socket behind `server … send-proxy`,
 * `send-proxy-v2`, `check-send-proxy` and `send-proxy-v2-ssl-cn proxy-v2-options ssl,cert-cn,ssl-cipher,cert-sig,cert-key,authority,crc32c,unique-id`
 * (clients on 127.0.0.7 and ::1; the last one a Python ssl client offering h2 over TLS 1.2).
 */
export const written = {
  v1Ipv4: Buffer.from('PROXY TCP4 127.0.0.7 127.0.0.1 41001 21001\r\n'),
  v1Ipv6: Buffer.from('PROXY TCP6 ::1 ::1 41002 21001\r\n'),
  v2Local: Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex'),
  v2Ipv4: Buffer.from('0d0a0d0a000d0a515549540a2111000c7f0000077f000001a02b520a', 'hex'),
  v2Ipv6: Buffer.from(
    '0d0a0d0a000d0a515549540a212100240000000000000000000000000000000100000000000000000000000000000001a02c520a',
    'hex',
  ),
  v2Everything: Buffer.from(
    '0d0a0d0a000d0a515549540a211100877f0000077f000001a02d520b' +
      '030004f7893e0a' + // crc32c
      '0100026832' + // alpn
      '0200106d61696c2e6578616d706c652e6f7267' + // authority
      '05001269642d3132372e302e302e372d6669786564' + // unique id
      '2000440100000000' + // ssl, and its own:
      '210007544c5376312e32' +
      '25000752534132303438' +
      '24000a5253412d534841323536' +
      '23001b45434448452d5253412d4145533235362d47434d2d534841333834',
    'hex',
  ),
} as const;

/** The longest lines of section 2.1 and its example, out of the PROXY protocol's own text. */
export const specified = {
  example: 'PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n',
  longestIpv4: 'PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n',
  longestIpv6:
    'PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n',
  shortUnknown: 'PROXY UNKNOWN\r\n',
  longestUnknown:
    'PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n',
} as const;
