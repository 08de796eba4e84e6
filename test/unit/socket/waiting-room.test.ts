import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Waiter, WaitingRoom } from '../../../src/socket/waiting-room.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Leaves when its time is up, and says so. */
function waiter(room: WaitingRoom<Waiter>, name: string, left: string[]): Waiter {
  const it: Waiter = {
    deadline: 0,
    expire() {
      left.push(name);
      room.delete(it);
    },
  };
  return it;
}

describe('the waiting room', () => {
  it('tells each when its time is up, never before', () => {
    const room = new WaitingRoom<Waiter>();
    const left: string[] = [];
    room.add(waiter(room, 'long', left), 3000);
    vi.advanceTimersByTime(100);
    room.add(waiter(room, 'short', left), 1000);
    vi.advanceTimersByTime(999);
    expect(left).toEqual([]);
    vi.advanceTimersByTime(501);
    expect(left).toEqual(['short']);
    vi.advanceTimersByTime(1399);
    expect(left).toEqual(['short']);
    vi.advanceTimersByTime(601);
    expect(left).toEqual(['short', 'long']);
    expect(room.size).toBe(0);
  });

  it('gives more time', () => {
    const room = new WaitingRoom<Waiter>();
    const left: string[] = [];
    const one = waiter(room, 'one', left);
    room.add(one, 1000);
    vi.advanceTimersByTime(900);
    room.extend(one, 1000);
    vi.advanceTimersByTime(999);
    expect(left).toEqual([]);
    vi.advanceTimersByTime(501);
    expect(left).toEqual(['one']);
  });

  it('has one timer however many wait, and none when nobody does', () => {
    const room = new WaitingRoom<Waiter>();
    expect(vi.getTimerCount()).toBe(0);
    for (let i = 0; i < 100; i++) room.add(waiter(room, `${i}`, []), 1000);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(2000);
    expect(vi.getTimerCount()).toBe(0);
    room.add(waiter(room, 'again', []), 1000);
    expect(vi.getTimerCount()).toBe(1);
  });

  it('knows the oldest', () => {
    const room = new WaitingRoom<Waiter>();
    const [first, second] = [waiter(room, 'first', []), waiter(room, 'second', [])];
    room.add(first, 1000);
    room.add(second, 10);
    expect(room.oldest).toBe(first);
    room.delete(first);
    expect(room.oldest).toBe(second);
  });
});
