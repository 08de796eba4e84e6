import { describe, expect, it } from 'vitest';
import { Admission, type Admitted } from '../../../../src/proxy/listen/admission.js';

const limits = { connections: 3, connectionsPerAddress: 2 };

function admitAll(admission: Admission, addresses: readonly string[]): (Admitted | null)[] {
  return addresses.map((ip) => admission.admit(ip));
}

describe('Admission', () => {
  it('counts who is there', () => {
    const admission = new Admission(limits);
    const [first, second] = admitAll(admission, ['192.0.2.1', '192.0.2.2']);
    expect(admission.count).toBe(2);
    first!.leave();
    first!.leave();
    expect(admission.count).toBe(1);
    second!.leave();
    expect(admission.count).toBe(0);
  });

  it('refuses an address that has all its connections, and lets it in again when one has left', () => {
    const admission = new Admission(limits);
    const [first] = admitAll(admission, ['192.0.2.1', '192.0.2.1']);
    expect(admission.admit('192.0.2.1')).toBeNull();
    expect(admission.admit('192.0.2.2')).not.toBeNull();
    expect(admission.takeRefused()).toBe(1);
    expect(admission.takeRefused()).toBe(0);
    first!.leave();
    expect(admission.admit('192.0.2.1')).not.toBeNull();
  });

  it('takes an IPv6 network of 64 bits for one address', () => {
    const admission = new Admission(limits);
    admitAll(admission, ['2001:db8::1', '2001:db8:0:0:ffff::2']);
    expect(admission.admit('2001:db8::3')).toBeNull();
    expect(admission.admit('2001:db8:0:1::3')).not.toBeNull();
  });

  it('counts a connection of a proxy for the address that is announced, and the proxy itself for none', () => {
    const admission = new Admission({ connections: 10, connectionsPerAddress: 2 });
    const [first, second, third, other] = Array.from({ length: 4 }, () => admission.admit(null)!);
    expect([first!, second!, third!].map((admitted) => admitted.announce('192.0.2.1'))).toEqual([true, true, false]);
    expect(other!.announce('192.0.2.2')).toBe(true);
    expect(admission.admit('192.0.2.1')).toBeNull();
    expect(admission.takeRefused()).toBe(2);
    third!.leave();
    first!.leave();
    expect(first!.announce('192.0.2.1')).toBe(true);
    expect(admission.admit('192.0.2.1')).not.toBeNull();
    expect(admission.admit('192.0.2.1')).toBeNull();
  });

  it('gives up who has waited for a login the longest, where all places are taken', () => {
    const admission = new Admission(limits);
    const [first, second, third] = admitAll(admission, ['192.0.2.1', '192.0.2.2', '192.0.2.3']);
    first!.settled();
    expect(admission.admit('192.0.2.4')).not.toBeNull();
    expect([first!, second!, third!].map(({ signal }) => signal.aborted)).toEqual([false, true, false]);
    expect(second!.signal.reason).toBe('connection_limit');
    expect(admission.count).toBe(3);
    expect(admission.takeRefused()).toBe(1);
  });

  it('refuses where everybody has logged in', () => {
    const admission = new Admission(limits);
    for (const admitted of admitAll(admission, ['192.0.2.1', '192.0.2.2', '192.0.2.3'])) admitted!.settled();
    expect(admission.admit('192.0.2.4')).toBeNull();
    expect(admission.count).toBe(3);
  });

  it('waits until all have left', async () => {
    const admission = new Admission(limits);
    const [first, second] = admitAll(admission, ['192.0.2.1', '192.0.2.2']);
    let isEmpty = false;
    const empty = admission.empty(60_000).then(() => {
      isEmpty = true;
    });
    first!.leave();
    await Promise.resolve();
    expect(isEmpty).toBe(false);
    expect(second!.signal.aborted).toBe(false);
    second!.leave();
    // Its connection has gone, but not yet all that is to be said of it.
    first!.told();
    await Promise.resolve();
    expect(isEmpty).toBe(false);
    second!.settled();
    await empty;
  });

  it('tells who is left to end when the time is up', async () => {
    const admission = new Admission(limits);
    const [first] = admitAll(admission, ['192.0.2.1']);
    first!.signal.addEventListener('abort', () => {
      first!.leave();
      first!.told();
    });
    await admission.empty(0);
    expect(first!.signal.reason).toBe('shutting_down');
    expect(admission.count).toBe(0);
  });

  it('goes by changed limits from then on', () => {
    const admission = new Admission(limits);
    admitAll(admission, ['192.0.2.1', '192.0.2.1']);
    admission.change({ connections: 10, connectionsPerAddress: 3 });
    expect(admission.admit('192.0.2.1')).not.toBeNull();
    expect(admission.admit('192.0.2.1')).toBeNull();
  });
});
