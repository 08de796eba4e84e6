import {
  type CaptureLimits,
  type Continuity,
  type Direction,
  defaultCaptureLimits,
  type PacketClock,
  PacketDecoder,
  Reassembler,
} from '../../../src/capture/index.js';

/** What a StreamSink was told. */
export interface Told {
  readonly sender: string;
  readonly text: string;
  readonly how: Continuity;
  readonly frame: number;
}

/** Asks the run each time. */
function clockOf(run: { readonly frame: number; readonly seconds: number }): PacketClock {
  return {
    get frame() {
      return run.frame;
    },
    get seconds() {
      return run.seconds;
    },
    timestamp: () => ({ seconds: run.seconds, nanoseconds: 0, digits: 0 }),
  };
}

/**
 * IP packets through decoder and reassembler, one a second from `seconds` on. The sink notes everything it is told as text, and `wants` says which
 * directions it still wants.
 */
export class StreamRun {
  readonly told: (Told | 'closed')[] = [];
  readonly reassembler: Reassembler;
  readonly decoder: PacketDecoder;
  frame = 0;
  seconds = 1_700_000_000;
  wants: (told: Told) => number = () => 3;

  constructor(limits: Partial<CaptureLimits> = {}) {
    const all = { ...defaultCaptureLimits, ...limits };

    const clock = clockOf(this);
    this.reassembler = new Reassembler(
      {
        bytes: (slot: number, direction: Direction, bytes: Uint8Array, start: number, end: number, how: Continuity) => {
          const { ip, port } = this.reassembler.sender(slot, direction);
          const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
          const told = { sender: `${ip} ${port}`, text, how, frame: this.reassembler.moment().frame };
          this.told.push(told);
          return this.wants(told);
        },
        closed: () => this.told.push('closed'),
      },
      clock,
      all,
    );
    this.decoder = new PacketDecoder(this.reassembler, clock, all);
  }

  /** Each packet goes through one buffer that is used again. */
  packets(...packets: Uint8Array[]): this {
    for (const packet of packets) {
      this.frame++;
      this.seconds++;
      const window = new Uint8Array(packet.length + 8).fill(0xee);
      window.set(packet, 4);
      this.decoder.decode(window, 4, 4 + packet.length, 101);
      window.fill(0xee);
    }
    return this;
  }

  /** `sender how text` of what was delivered; pieces that follow each other are joined. */
  get lines(): string[] {
    const lines: string[] = [];
    let last = '';
    for (const told of this.told) {
      if (told === 'closed') {
        lines.push('closed');
        last = '';
      } else if (told.how === 'next' && told.sender === last) {
        lines.push(`${lines.pop() ?? ''}${told.text}`);
      } else {
        lines.push(`${told.sender.split(' ')[1] ?? ''} ${told.how} ${told.text}`);
        last = told.sender;
      }
    }
    return lines;
  }
}
