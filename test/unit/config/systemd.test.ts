import { describe, expect, it } from 'vitest';
import { systemdSockets } from '../../../src/config/index.js';

// The cases are those of sd_listen_fds_with_names(3).
describe('systemdSockets', () => {
  it('gives descriptors from 3 on by their names', () => {
    const environment = { LISTEN_PID: '7', LISTEN_FDS: '3', LISTEN_FDNAMES: 'imaps:pop3s:imaps' };
    expect([...systemdSockets(environment, 7)]).toEqual([
      ['imaps', [3, 5]],
      ['pop3s', [4]],
    ]);
  });

  it('calls sockets without a name unknown', () => {
    expect([...systemdSockets({ LISTEN_PID: '7', LISTEN_FDS: '2' }, 7)]).toEqual([['unknown', [3, 4]]]);
  });

  it.each([
    [{}],
    [{ LISTEN_FDS: '1' }],
    [{ LISTEN_PID: '8', LISTEN_FDS: '1' }],
    [{ LISTEN_PID: '7', LISTEN_FDS: '-1' }],
    [{ LISTEN_PID: '7', LISTEN_FDS: '9999' }],
    [{ LISTEN_PID: '7', LISTEN_FDS: '1e3' }],
    [{ LISTEN_PID: '7', LISTEN_FDS: '0' }],
  ])('has none of %j', (environment) => {
    expect(systemdSockets(environment, 7).size).toBe(0);
  });
});
