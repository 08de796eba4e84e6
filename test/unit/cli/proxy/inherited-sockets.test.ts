import { describe, expect, it } from 'vitest';
import { inheritedSockets } from '../../../../src/cli/proxy/inherited-sockets.js';

// sd_listen_fds_with_names(3)
describe('inheritedSockets', () => {
  it('gives descriptors from 3 on by their names', () => {
    const sockets = inheritedSockets({ LISTEN_PID: '42', LISTEN_FDS: '3', LISTEN_FDNAMES: 'imaps:pop3s:imaps' }, 42);
    expect([...sockets]).toEqual([
      ['imaps', [3, 5]],
      ['pop3s', [4]],
    ]);
  });

  it('calls those without a name unknown, as systemd does', () => {
    expect([...inheritedSockets({ LISTEN_PID: '42', LISTEN_FDS: '2' }, 42)]).toEqual([['unknown', [3, 4]]]);
  });

  it.each([
    ['meant for another process', { LISTEN_PID: '41', LISTEN_FDS: '1' }],
    ['not there', {}],
    ['none', { LISTEN_PID: '42', LISTEN_FDS: '0' }],
    ['no number', { LISTEN_PID: '42', LISTEN_FDS: '1x' }],
  ])('gives nothing where they are %s', (_, environment) => {
    expect(inheritedSockets(environment, 42).size).toBe(0);
  });
});
