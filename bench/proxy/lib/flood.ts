/**
 * A flood, in a process of its own, from eight addresses of loopback: `node flood.mjs KIND PORT`. Says when it is under way; told to stop, how many connections it made.
 *
 * - `one-byte`: 200 connections that send a hello byte by byte, each in a segment of its own, again and again.
 * - `half-hello`: 2,000 connections that send half a hello and stall; who is cut comes again.
 * - `silent`: 2,000 new connections a second that never speak.
 */
import { connect, type Socket } from 'node:net';
import { helloBytes } from './hello.js';

const [kind, port] = process.argv.slice(2) as [string, string];
const hello = await helloBytes();
const RATE = 2000;
const TICK = 10;
let made = 0;

function open(): Socket {
  const socket = connect({
    port: Number(port),
    host: '127.0.0.1',
    localAddress: `127.0.0.${2 + (made++ % 8)}`,
    noDelay: true,
  });
  socket.on('error', () => {}); // it may be refused: that is what a flood meets
  socket.on('end', () => socket.destroy());
  socket.resume();
  return socket;
}

function sendByteByByte(): void {
  const socket = open();
  let at = 0;
  const next = () => {
    if (socket.destroyed) return;
    if (at === hello.length) socket.destroy();
    else socket.write(hello.subarray(at, ++at), () => setImmediate(next));
  };
  socket.once('connect', next);
  socket.once('close', () => setTimeout(sendByteByByte, TICK));
}

function sendHalf(): void {
  const socket = open();
  socket.once('connect', () => socket.write(hello.subarray(0, hello.length >> 1)));
  socket.once('close', () => setTimeout(sendHalf, 100));
}

switch (kind) {
  case 'one-byte':
    for (let i = 0; i < 200; i++) sendByteByByte();
    break;
  case 'half-hello':
    for (let i = 0; i < 2000; i++) sendHalf();
    break;
  case 'silent': {
    const begun = performance.now();
    setInterval(() => {
      const due = ((performance.now() - begun) / 1000) * RATE;
      // What the system could not open in time is made up for, but not all at once.
      for (let i = 0; made < due && i < (4 * RATE * TICK) / 1000; i++) open();
    }, TICK);
    break;
  }
  default:
    throw new Error(`no such flood: ${kind}`);
}
process.on('message', () => process.send!(made, () => process.exit()));
setTimeout(() => process.send!('under way'), 1000);
