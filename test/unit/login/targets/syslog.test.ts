import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLoginText } from '../../../../src/login/index.js';
import { SyslogTcp } from '../../../../src/login/targets/syslog-tcp.js';
import { SyslogUdp } from '../../../../src/login/targets/syslog-udp.js';
import { eventually, freePorts } from '../../../harness/mail/running.js';
import { proxiedLogin } from '../../../harness/proxied-login.js';

/** A syslog server over TCP: messages by their counted octets. */
class Receiver {
  readonly messages: string[] = [];
  readonly sockets: Socket[] = [];
  readonly #server: Server;
  #wake: () => void = () => {};

  constructor() {
    this.#server = createServer((socket) => {
      this.sockets.push(socket);
      this.#wake();
      let bytes = Buffer.alloc(0);
      socket.on('error', () => {});
      socket.on('data', (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk]);
        for (;;) {
          const space = bytes.indexOf(0x20);
          const length = Number(bytes.toString('latin1', 0, Math.max(space, 0)));
          if (space < 1 || bytes.length < space + 1 + length) break;
          this.messages.push(bytes.toString('utf8', space + 1, space + 1 + length));
          bytes = bytes.subarray(space + 1 + length);
        }
        this.#wake();
      });
    });
    onTestFinished(() => this.close());
  }

  async listen(port = 0): Promise<number> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  async until(is: () => boolean): Promise<void> {
    while (!is()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
  }
}

/** A sender that is closed with the test; `recovered` resolves at its next recovery. */
function senderTo(port: number) {
  let tell: (lost: number) => void = () => {};
  const sender = new SyslogTcp({ host: '127.0.0.1', port }, (lost) => tell(lost));
  onTestFinished(() => void sender.close());
  return { sender, recovered: () => new Promise<number>((resolve) => (tell = resolve)) };
}

describe('syslog over TCP', () => {
  it('counts octets, not characters', async () => {
    const receiver = new Receiver();
    const { sender } = senderTo(await receiver.listen());
    sender.write(Buffer.from('one'));
    sender.write(Buffer.from('zw\u00f6lf'));
    await receiver.until(() => receiver.messages.length === 2);
    expect(receiver.messages).toEqual(['one', 'zw\u00f6lf']);
    expect(sender.failing).toBe(false);
  });

  it('keeps what comes while the server is away, and sends it when it is there', async () => {
    const { port } = await freePorts('port');
    const { sender, recovered } = senderTo(port);
    for (let i = 0; i < 100; i++) sender.write(Buffer.from(String(i)));
    await eventually('a refused connection', () => sender.failing);
    const receiver = new Receiver();
    const back = recovered();
    await receiver.listen(port);
    sender.reopen();
    await receiver.until(() => receiver.messages.length === 100);
    expect(receiver.messages).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
    expect([await back, sender.failing]).toEqual([0, false]);
  });

  it('goes on over a new connection when the old one ends', async () => {
    const first = new Receiver();
    const port = await first.listen();
    const { sender, recovered } = senderTo(port);
    sender.write(Buffer.from('before'));
    await first.until(() => first.messages.length === 1);
    const back = recovered();
    first.close();
    const second = new Receiver();
    await second.listen(port);
    await second.until(() => second.sockets.length === 1);
    expect(await back).toBe(0);
    sender.write(Buffer.from('behind'));
    await second.until(() => second.messages.length === 1);
    expect(second.messages).toEqual(['behind']);
  });

  it('sends again what the system had not taken when a connection ended', async () => {
    const first = new Receiver();
    const port = await first.listen();
    const { sender, recovered } = senderTo(port);
    await first.until(() => first.sockets.length === 1);
    first.sockets[0]!.pause();
    let count = 0;
    // Until the system takes no more, and what waits is at its limit.
    while (!sender.failing) {
      for (let i = 0; i < 500; i++) sender.write(Buffer.from(String(count++).padStart(999)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const back = recovered();
    first.close();
    const second = new Receiver();
    await second.listen(port);
    const kept = count - (await back);
    await second.until(() => Number(second.messages.at(-1)) === kept - 1);
    const numbers = second.messages.map(Number);
    expect(numbers.length).toBeGreaterThan(2_000);
    expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i));
  });

  it('keeps 2 MiB at most, counts what is lost, and waits for nothing where nobody reads', async () => {
    const receiver = new Receiver();
    const port = await receiver.listen();
    const { sender, recovered } = senderTo(port);
    await receiver.until(() => receiver.sockets.length === 1);
    receiver.sockets[0]!.pause();
    const line = Buffer.alloc(995, 'x'); // 1,000 bytes with its length and a space: `995 `
    for (let i = 0; i < 4_000; i++) sender.write(line);
    expect(sender.failing).toBe(true);
    const back = recovered();
    receiver.sockets[0]!.resume();
    const lost = await back;
    await receiver.until(() => receiver.messages.length === 4_000 - lost);
    // 2 MiB waited; nothing was taken off them before this function returned.
    expect(lost).toBe(4_000 - Math.floor(2_097_152 / 999));
    expect(sender.failing).toBe(false);
  });

  it('says what was never sent when it is closed', async () => {
    const { port } = await freePorts('port');
    const { sender } = senderTo(port);
    sender.write(Buffer.from('a'));
    sender.write(Buffer.from('b'));
    expect(sender.close()).toBe(2);
    expect(sender.close()).toBe(0);
    sender.write(Buffer.from('c'));
  });

  it('brings a login line', async () => {
    const receiver = new Receiver();
    const port = await receiver.listen();
    const target = { syslog: 'tcp', host: '127.0.0.1', port, hostname: 'mail', program: 'dovecot' } as const;
    const log = openLoginText({ target, style: '2.4', elements: 'user=<%u> rip=%r', openssl: '3.0', pid: 7 });
    onTestFinished(() => void log.close());
    log.write(proxiedLogin());
    await receiver.until(() => receiver.messages.length === 1);
    expect(receiver.messages[0]).toMatch(
      /^<22>1 [-0-9T:.]+Z mail dovecot 7 - - imap-login: Logged in: user=<alice@example.org>, rip=192\.0\.2\.7$/,
    );
  });
});

describe('syslog over UDP', () => {
  async function receiver(): Promise<{ port: number; next: () => Promise<string> }> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    onTestFinished(() => void socket.close());
    return { port: socket.address().port, next: async () => String(((await once(socket, 'message')) as [Buffer])[0]) };
  }

  it('sends one message a datagram', async () => {
    const { port, next } = await receiver();
    const sender = new SyslogUdp({ host: '127.0.0.1', port });
    const first = next();
    sender.write(Buffer.from('<22>1 zw\u00f6lf'));
    expect(await first).toBe('<22>1 zw\u00f6lf');
    const last = next();
    sender.write(Buffer.from('last'));
    // What is on its way still goes.
    expect(sender.close()).toBe(0);
    expect(await last).toBe('last');
  });

  it('tells when the system sends again what it would not send before', async () => {
    const { port, next } = await receiver();
    const recovered: number[] = [];
    const sender = new SyslogUdp({ host: '127.0.0.1', port }, (lost) => recovered.push(lost));
    onTestFinished(() => void sender.close());
    const arrived = next();
    // No datagram is longer than 65,507 bytes (RFC 768, RFC 791).
    sender.write(Buffer.alloc(70_000));
    sender.write(Buffer.from('short'));
    expect(await arrived).toBe('short');
    const after = next();
    sender.write(Buffer.from('again'));
    await after;
    expect([recovered, sender.failing]).toEqual([[1], false]);
  });

  it('loses what is beyond 1,024 datagrams at once, and says so', async () => {
    const { port } = await receiver();
    const sender = new SyslogUdp({ host: '127.0.0.1', port });
    for (let i = 0; i < 1_030; i++) sender.write(Buffer.from('x'));
    expect(sender.failing).toBe(true);
    expect(sender.close()).toBe(6);
  });
});
