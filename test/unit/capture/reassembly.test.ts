import { describe, expect, it } from 'vitest';
import { idleSeconds, maxSequenceJump } from '../../../src/capture/limits.js';
import { Connection } from '../../build/connection.js';
import { ascii } from '../../build/hello.js';
import { ACK, FIN, PSH, RST, SYN } from '../../build/packets.js';
import { StreamRun } from './stream-run.js';

const text = ascii;

/** The client is port 40001, the server 993. */
const started = (start = {}) => {
  const connection = new Connection(start);
  return { connection, run: new StreamRun().packets(...connection.open()) };
};

describe('with the SYN seen', () => {
  it('segments in order are handed on as they come', () => {
    const { connection: c, run } = started();
    run.packets(c.client(text('one ')), c.client(text('two')), c.server(text('yes')));
    expect(run.told).toEqual([
      { sender: '192.0.2.7 40001', text: 'one ', how: 'first', frame: 4 },
      { sender: '192.0.2.7 40001', text: 'two', how: 'next', frame: 5 },
      { sender: '198.51.100.1 993', text: 'yes', how: 'first', frame: 6 },
    ]);
  });

  it('segments out of order wait for what is missing, and belong to the packet that completes it', () => {
    const { connection: c, run } = started();
    run.packets(c.clientAt(8, text('three')), c.clientAt(4, text('two ')));
    expect(run.told).toEqual([]);
    run.packets(c.clientAt(0, text('one ')));
    expect(run.lines).toEqual(['40001 first one two three']);
    expect(new Set(run.told.map((told) => told !== 'closed' && told.frame))).toEqual(new Set([6]));
  });

  it('a SYN that comes after the data puts them in order all the same', () => {
    const c = new Connection();
    const run = new StreamRun().packets(c.clientAt(4, text('two')), c.clientAt(0, text('one ')), c.syn());
    run.packets(c.clientAt(7, text(' three')));
    expect(run.lines.at(-1)).toBe('40001 after_gap one two three');
  });

  it('retransmissions bring nothing new, or what is new in them', () => {
    const { connection: c, run } = started();
    run.packets(c.clientAt(0, text('abc')), c.clientAt(0, text('abc')), c.clientAt(0, text('ABCdef')));
    run.packets(c.clientAt(2, text('CD')), c.clientAt(5, text('Fghi')));
    expect(run.lines).toEqual(['40001 first abcdefghi']);
  });

  it('where segments overlap the first bytes win, held or handed on', () => {
    const { connection: c, run } = started();
    run.packets(c.clientAt(6, text('gh')), c.clientAt(4, text('EFGHIJ')), c.clientAt(2, text('xxxxxxxxxxxK')));
    expect(run.told).toEqual([]);
    run.packets(c.clientAt(0, text('abYY')));
    expect(run.lines).toEqual(['40001 first abxxEFghIJxxxK']);
  });

  it('sequence numbers wrap at 2^32, wherever in a segment that falls', () => {
    for (let before = 0; before <= 12; before++) {
      const { connection: c, run } = started({ clientStart: 0xffff_ffff - before });
      run.packets(c.clientAt(8, text('ijkl')), c.clientAt(4, text('efgh')), c.clientAt(2, text('CDE')));
      run.packets(c.clientAt(0, text('ab')), c.clientAt(12, text('m')));
      expect(run.lines, `${before} before`).toEqual(['40001 first abCDefghijklm']);
    }
  });

  it('the sign of sequence numbers does not matter', () => {
    for (const clientStart of [0x7fff_fff8, 0x8000_0000, 0x7fff_ffff]) {
      const { connection: c, run } = started({ clientStart });
      run.packets(c.clientAt(8, text('ijkl')), c.clientAt(0, text('abcdefgh')));
      expect(run.lines).toEqual(['40001 first abcdefghijkl']);
    }
  });

  it('data on the SYN and on its answer count (TCP Fast Open)', () => {
    const c = new Connection();
    const run = new StreamRun().packets(c.syn({ payload: text('early ') }), c.synAck({ payload: text('hi ') }));
    run.packets(c.clientAt(6, text('late')), c.serverAt(3, text('there')));
    expect(run.lines).toEqual(['40001 first early ', '993 first hi ', '40001 next late', '993 next there']);
  });

  it('data with FIN count, also when they come out of order', () => {
    const { connection: c, run } = started();
    run.packets(c.clientAt(4, text('end'), { flags: FIN | ACK }), c.clientAt(0, text('the ')));
    run.packets(c.serverAt(0, text('bye'), { flags: FIN | ACK | PSH }));
    expect(run.lines).toEqual(['40001 first the end', '993 first bye']);
  });

  it('keep-alive bytes are not data', () => {
    const { connection: c, run } = started();
    run.packets(c.clientAt(0, text('abc')), c.clientAt(2, [0]), c.clientAt(2, []), c.clientAt(3, text('def')));
    expect(run.lines).toEqual(['40001 first abcdef']);
  });

  it('a SYN sent again changes nothing', () => {
    const c = new Connection();
    const run = new StreamRun().packets(c.syn(), c.syn(), c.synAck(), c.synAck(), c.client(text('a')), c.syn());
    run.packets(c.client(text('b')));
    expect(run.lines).toEqual(['40001 first ab']);
    expect(run.reassembler.connections).toBe(1);
  });

  it('a SYN answered twice with different numbers begins the answering side anew, and only that', () => {
    const c = new Connection();
    const other = new Connection({ serverStart: 7_000_000 });
    const run = new StreamRun().packets(c.syn(), c.synAck(), other.synAck(), c.client(text('question')));
    run.packets(other.server(text('answer')));
    expect(run.lines).toEqual(['40001 first question', '993 first answer']);
    expect(run.reassembler.connections).toBe(1);
  });

  it('one bit of state is enough to know who opened the connection', () => {
    const c = new Connection({ sport: 80, dport: 60_000 });
    const run = new StreamRun();
    const openers: number[] = [];
    run.wants = () => {
      openers.push(run.reassembler.sender(0, run.reassembler.opener(0)).port);
      return 3;
    };
    run.packets(c.syn(), c.client(text('a')));
    const answered = new Connection({ sport: 81, dport: 60_000 });
    run.wants = () => {
      openers.push(run.reassembler.sender(1, run.reassembler.opener(1)).port);
      return 3;
    };
    run.packets(answered.synAck(), answered.client(text('a')));
    const neither = new Connection({ sport: 82, dport: 60_000 });
    run.wants = () => {
      openers.push(run.reassembler.sender(2, run.reassembler.opener(2)).port);
      return 3;
    };
    run.packets(neither.client(text('a')));
    expect(openers).toEqual([80, 81, 60_000]);
  });
});

describe('ports used again', () => {
  it('with a SYN: another connection', () => {
    const { connection: c, run } = started();
    run.packets(c.client(text('first')), c.serverAt(0, text('hi')));
    const again = new Connection({ clientStart: 9_000_000, serverStart: 77 });
    run.packets(...again.open(), again.client(text('second')), again.server(text('ho')));
    expect(run.lines).toEqual(['40001 first first', '993 first hi', 'closed', '40001 first second', '993 first ho']);
    expect(run.reassembler.connections).toBe(2);
  });

  it('with a SYN after FIN or RST, or in the middle: the same', () => {
    for (const flags of [FIN | ACK, RST]) {
      const { connection: c, run } = started();
      run.packets(c.client(text('first')), c.clientAt(5, [], { flags }));
      const again = new Connection({ clientStart: 1_500, serverStart: 77 });
      run.packets(again.syn(), again.client(text('second')));
      expect(run.lines).toEqual(['40001 first first', 'closed', '40001 first second']);
    }
  });

  it('without a SYN: a jump no window spans begins the direction anew', () => {
    const { connection: c, run } = started();
    run.packets(c.client(text('first')), c.clientAt(maxSequenceJump + 100, text('second')));
    run.packets(c.clientAt(maxSequenceJump + 106, text(' more')));
    expect(run.lines).toEqual(['40001 first first', '40001 after_gap second more']);
  });

  it('without a SYN, where nothing was wanted any more: after a long silence', () => {
    const { connection: c, run } = started();
    run.wants = () => 0;
    run.packets(c.client(text('first')), c.client(text('not wanted')));
    run.seconds += idleSeconds + 1;
    run.packets(c.clientAt(maxSequenceJump + 100, text('second')));
    expect(run.lines).toEqual(['40001 first first', 'closed', '40001 after_gap second']);
    expect(run.reassembler.connections).toBe(2);
  });

  it('a client that opens where the other side was flowing without a SYN begins a connection', () => {
    const c = new Connection();
    const run = new StreamRun().packets(c.serverAt(0, text('old')), c.serverAt(3, text(' data')));
    const again = new Connection({ clientStart: 60, serverStart: 90_000_000 });
    run.packets(...again.open(), again.client(text('new')));
    expect(run.lines).toEqual(['993 after_gap old data', 'closed', '40001 first new']);
  });
});

describe('without the SYN', () => {
  it('the first segment is the start', () => {
    const c = new Connection();
    const run = new StreamRun().packets(c.clientAt(100, text('abc')), c.clientAt(103, text('def')));
    expect(run.lines).toEqual(['40001 after_gap abcdef']);
  });

  it('earlier segments that turn up late move the start back, and all is delivered again', () => {
    const c = new Connection();
    const run = new StreamRun().packets(c.clientAt(103, text('def')), c.clientAt(100, text('abc')));
    run.packets(c.clientAt(106, text('ghi')));
    expect(run.lines).toEqual(['40001 after_gap def', '40001 after_gap abcdefghi']);
  });

  it('the first three segments in any order end in the same bytes', () => {
    const c = new Connection({ clientStart: 0xffff_fffe });
    const segments = [c.clientAt(0, text('abc')), c.clientAt(3, text('def')), c.clientAt(6, text('ghi'))];
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      const run = new StreamRun().packets(...order.map((i) => segments[i]!));
      expect(run.lines.at(-1), order.join()).toBe('40001 after_gap abcdefghi');
    }
  });

  it('a hole after the start is waited for', () => {
    const c = new Connection();
    const run = new StreamRun().packets(
      c.clientAt(0, text('abc')),
      c.clientAt(6, text('ghi')),
      c.clientAt(3, text('def')),
    );
    expect(run.lines).toEqual(['40001 after_gap abcdefghi']);
  });

  it('bare acknowledgements, and FIN or RST of a connection never seen, are no connections', () => {
    const c = new Connection();
    const run = new StreamRun().packets(
      c.clientAt(0, []),
      c.serverAt(0, [], { flags: FIN | ACK }),
      c.clientAt(0, [], { flags: RST }),
    );
    expect(run.reassembler.connections).toBe(0);
  });
});

describe('bytes that never come', () => {
  it('are waited for until the capture ends; then what is held comes after a gap, in the packet that brought it', () => {
    const { connection: c, run } = started();
    run.packets(c.clientAt(0, text('abc')), c.clientAt(6, text('ghi')), c.clientAt(9, text('jkl')));
    run.packets(c.clientAt(20, text('uvw')));
    expect(run.lines).toEqual(['40001 first abc']);
    run.reassembler.finish();
    expect(run.lines).toEqual(['40001 first abc', '40001 after_gap ghijkl', '40001 after_gap uvw', 'closed']);
    expect(run.told.map((told) => (told === 'closed' ? told : told.frame))).toEqual([4, 5, 6, 7, 'closed']);
  });

  it('are given up when too much is held behind them, and that is counted', () => {
    const limits = { heldPerDirection: 20_000 };
    const c = new Connection();
    const run = new StreamRun(limits).packets(...c.open(), c.clientAt(0, text('abc')));
    for (let i = 0; i < 30; i++) run.packets(c.clientAt(100 + i * 1_000, new Uint8Array(1_000).fill(0x61 + (i % 26))));
    expect(run.reassembler.gapsSkipped).toBe(1);
    expect(run.told[1]).toMatchObject({ how: 'after_gap' });
    expect(run.lines).toHaveLength(2);
    expect(run.lines[1]).toHaveLength('40001 after_gap '.length + 30_000);
  });

  it('are not waited for in a direction nobody wants', () => {
    const { connection: c, run } = started();
    run.wants = () => 2;
    run.packets(c.clientAt(0, text('abc')), c.clientAt(6, text('ghi')), c.serverAt(0, text('yes')));
    run.reassembler.finish();
    expect(run.lines).toEqual(['40001 first abc', '993 first yes', 'closed']);
    expect(run.reassembler.budget.held).toBe(0);
  });
});

describe('limits', () => {
  it('bytes held in all: the longest holder drops what it holds, and others go on', () => {
    const run = new StreamRun({ heldInAll: 40_000 });
    const connections = Array.from({ length: 6 }, (_, i) => new Connection({ sport: 50_000 + i }));
    for (const c of connections) run.packets(...c.open(), c.clientAt(1_000, new Uint8Array(8_000)));
    expect(run.reassembler.budget.held).toBeLessThanOrEqual(40_000);
    expect(run.reassembler.budget.dropped).toBeGreaterThan(0);
    run.packets(connections.at(-1)!.clientAt(0, new Uint8Array(1_000)));
    expect(run.told.map((told) => told !== 'closed' && told.text.length)).toEqual([1_000, 8_000]);
    run.reassembler.finish();
    expect(run.reassembler.budget.held).toBe(0);
  });

  it('small segments out of order cost their share of memory', () => {
    const run = new StreamRun({ heldInAll: 1_000_000, heldPerDirection: 1_000_000_000 });
    const c = new Connection();
    run.packets(...c.open());
    // A kept segment of one byte takes an object and two buffers: more than 64 bytes by any count.
    for (let i = 0; i < 20_000; i++) run.packets(c.clientAt(2 + i * 2, [1]));
    expect(run.reassembler.budget.dropped).toBeGreaterThan(0);
  });

  it('a start that moves back byte by byte is not delivered again and again without end', () => {
    const run = new StreamRun({ heldPerDirection: 10_000 });
    const c = new Connection();
    for (let i = 500; i > 0; i--) run.packets(c.serverAt(i, [0x61]));
    // All 500 each time would be 125,250. A kept byte costs more than 64: 157 of them fit, each delivered with those behind it.
    expect(run.told.length).toBeLessThan((157 * 158) / 2);
    expect(run.reassembler.budget.held).toBeLessThanOrEqual(10_000);
  });

  it('a start that was guessed keeps no more than a direction may', () => {
    const run = new StreamRun({ heldPerDirection: 10_000 });
    const c = new Connection();
    for (let i = 0; i < 500; i++) {
      run.packets(c.clientAt(i, [0x61]));
      expect(run.reassembler.budget.held).toBeLessThanOrEqual(10_000);
    }
    expect(run.lines).toEqual([`40001 after_gap ${'a'.repeat(500)}`]);
    expect(run.reassembler.gapsSkipped).toBe(0);
  });

  it('connections: the ceiling holds, evictions are counted, the others are followed on', () => {
    const run = new StreamRun({ connections: 100 });
    const connections = Array.from({ length: 1_000 }, (_, i) => new Connection({ sport: 10_000 + i }));
    for (const c of connections) run.packets(c.syn(), c.client(text('a')));
    expect(run.reassembler.connections).toBe(1_000);
    expect(run.reassembler.evicted).toBe(900);
    expect(run.told.filter((told) => told === 'closed')).toHaveLength(900);
    run.packets(connections.at(-1)!.client(text('b')));
    expect(run.told.at(-1)).toMatchObject({ text: 'b', how: 'next' });
    run.reassembler.finish();
    expect(run.told.filter((told) => told === 'closed')).toHaveLength(1_000);
  });
});

it('what is held at the end is delivered in the same order in every run', () => {
  const order = () => {
    const run = new StreamRun();
    for (let i = 0; i < 50; i++) {
      const c = new Connection({ sport: 40_000 + ((i * 17) % 50) });
      run.packets(c.syn(), c.clientAt(5, text('x')));
    }
    run.reassembler.finish();
    return run.lines;
  };
  expect(order()).toEqual(order());
});

it('times after 2038 do not end connections', () => {
  const { connection: c, run } = started();
  run.seconds = 3_000_000_000;
  const late = new Connection({ sport: 5 });
  run.wants = () => 0;
  run.packets(late.syn(), late.client(text('a')), late.client(text('b')), c.client(text('c')));
  expect(run.reassembler.connections).toBe(2);
});

it('a SYN with RST, FIN or everything at once is survived', () => {
  const c = new Connection();
  const run = new StreamRun();
  for (let flags = 0; flags < 64; flags++) {
    run.packets(c.clientAt(0, text('x'), { flags }), c.serverAt(0, text('y'), { flags: flags ^ SYN }));
  }
  run.reassembler.finish();
  expect(run.reassembler.budget.held).toBe(0);
});
