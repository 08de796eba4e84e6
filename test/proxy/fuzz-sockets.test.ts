import { once } from 'node:events';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import type { ListenerOptions, Protocol } from '../../src/proxy/index.js';
import {
  FUZZ_SEED,
  type FuzzedSession,
  fuzzedSession,
  fuzzParameters,
  MutatedServer,
  secretForms,
} from '../harness/fuzz.js';
import { backendWith, certificatesOf, listenerWith, proxyOptions, startProxy } from '../harness/login-proxy.js';
import { speeches } from '../harness/speech.js';
import {
  closer,
  type KeyAndCertificate,
  listen,
  OPENSSL_ABSENT,
  opensslIsThere,
  selfSigned,
} from '../harness/tls-servers.js';

/** 2,000 where there is time. */
const SESSIONS = process.env.CI ? 2000 : 300;
const AT_ONCE = 40;

/** How a client goes about it. */
interface Manners {
  readonly listener: 'none' | 'starttls' | 'implicit' | 'passed' | 'passed starttls';
  /** What it makes of TLS: begins it where it may (after STARTTLS: when it was told to), or sends what is none. */
  readonly tls: boolean;
  /** How it ends when it has said everything. */
  readonly end: 'end' | 'destroy' | 'reset' | 'wait';
  /** It takes each answer before it goes on, or says everything at once. */
  readonly polite: boolean;
}

interface Session extends FuzzedSession, Manners {}

const session: fc.Arbitrary<Session> = fc
  .tuple(
    fc.constantFrom(...speeches.map(({ protocol }) => protocol)).chain(fuzzedSession),
    fc.record({
      listener: fc.constantFrom('none', 'starttls', 'implicit', 'passed', 'passed starttls' as const),
      tls: fc.boolean(),
      end: fc.constantFrom('end', 'destroy', 'reset', 'wait' as const),
      polite: fc.boolean(),
    }),
  )
  .map(([fuzzed, manners]) => ({ ...fuzzed, ...manners }));

/**
 * Hosts of backends, one for each protocol and one with TLS, whose answers are mutated as the session that is played says; they end what nobody speaks on.
 */
async function backends(certificate: KeyAndCertificate) {
  const sockets = new Set<Socket>();
  const mutations = new Map<Protocol, FuzzedSession['backend']>();
  const ports = new Map<string, number>();
  for (const { protocol } of speeches) {
    const serve = (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {}); // the proxy may reset it
      socket.setTimeout(400, () => socket.destroy());
      const speaker = new MutatedServer({ protocol, backend: mutations.get(protocol) ?? [(text) => [text]] });
      const say = (texts: readonly string[]) => {
        for (const text of texts) if (socket.writable) socket.write(text, 'latin1');
      };
      say(speaker.greet());
      socket.on('data', (chunk) => say(speaker.push(chunk.toString('latin1'))));
    };
    const clear = createServer(serve);
    const secured = createTlsServer(certificate, serve);
    secured.on('connection', (socket: Socket) => socket.setTimeout(400, () => socket.destroy()));
    for (const server of [clear, secured]) onTestFinished(closer(server));
    ports.set(protocol, await listen(clear));
    ports.set(`${protocol} tls`, await listen(secured));
  }
  return { sockets, mutations, ports };
}

/** Plays a client to its end, which must come by itself. @returns its port */
async function play(port: number, { client, listener, tls, end, polite }: Session): Promise<number> {
  const socket = connectTcp({ port, host: '127.0.0.1' });
  const said = [...client];
  let stream: Socket = socket;
  const finish = () => {
    if (end === 'end') stream.end();
    else if (end === 'destroy') socket.destroy();
    else if (end === 'reset') socket.resetAndDestroy();
  };
  const next = () => {
    const text = said.shift();
    if (text === undefined) finish();
    else if (stream.writable) stream.write(text, 'latin1', polite ? undefined : next);
  };
  const hear = (chunk: Buffer) => {
    if (polite) next();
    // Told to begin with TLS, perhaps.
    if (tls && stream === socket && listener.endsWith('starttls') && /(?:Begin|begin|220 2|^OK)/.test(String(chunk)))
      begin();
  };
  const begin = () => {
    socket.off('data', hear);
    const secured: TLSSocket = connectTls({ socket, rejectUnauthorized: false, servername: 'mail.test' });
    secured.on('error', () => socket.destroy());
    secured.on('data', hear);
    stream = secured;
    secured.once('secureConnect', next);
  };
  socket.on('error', () => {}); // the proxy may reset it
  const closed = once(socket, 'close').catch(() => {});
  await once(socket, 'connect');
  const own = socket.localPort!;
  if (tls && (listener === 'implicit' || listener === 'passed')) begin();
  else {
    socket.on('data', hear);
    next();
  }
  await closed;
  return own;
}

it.skipIf(!opensslIsThere)(
  `hostile sessions through real sockets end by themselves, are told of, and leave nothing (FUZZ_SEED=${FUZZ_SEED}; ${OPENSSL_ABSENT})`,
  async () => {
    const certificate = selfSigned('mail.test');
    const certificates = certificatesOf(certificate);
    const { sockets, mutations, ports } = await backends(certificate);
    const kinds: readonly [Manners['listener'], Partial<ListenerOptions>][] = [
      ['none', { tls: 'none' }],
      ['starttls', { tls: 'starttls', certificates }],
      ['implicit', { tls: 'implicit', certificates }],
      ['passed', { tls: 'implicit', mode: 'passed_through' }],
      ['passed starttls', { tls: 'starttls', mode: 'passed_through' }],
    ];
    const doors = speeches.flatMap(({ protocol }) => kinds.map(([kind, options]) => ({ protocol, kind, options })));
    const proxy = await startProxy(
      proxyOptions(
        doors.map(({ protocol, kind, options }) =>
          listenerWith({
            name: `${protocol} ${kind}`,
            protocol,
            cleartext: true,
            mechanisms: ['PLAIN', 'LOGIN', 'CRAM-MD5'],
            apop: protocol === 'pop3' && kind !== 'passed' && kind !== 'passed starttls',
            route: { by: 'static', backend: kind === 'passed' ? `${protocol} tls` : protocol },
            ...options,
          }),
        ),
        [...ports].map(([name, port]) => backendWith(port, { name })),
        {
          limits: {
            loginTimeout: 500,
            handshakeTimeout: 250,
            backendTimeout: 150,
            connectTimeout: 1000,
            maxLine: 512,
            maxBytesBeforeLogin: 4096,
          },
        },
      ),
    );
    onTestFinished(() => proxy.close());
    const portOf = new Map(doors.map(({ protocol, kind }, at) => [`${protocol} ${kind}`, proxy.ports[at]!]));

    const sessions = fc.sample(session, fuzzParameters(SESSIONS));
    for (let from = 0; from < sessions.length; from += AT_ONCE) {
      const batch = sessions.slice(from, from + AT_ONCE);
      for (const one of batch) mutations.set(one.protocol, one.backend);
      const before = proxy.logins.length;
      const played = await Promise.all(batch.map((one) => play(portOf.get(`${one.protocol} ${one.listener}`)!, one)));
      // Lines of those that went without waiting may still be on their way: everyone's has come when their connections have gone.
      const told = async (own: number) => proxy.login(({ remote }) => remote.port === own);
      const lasting = played.filter((_, at) => batch[at]!.end === 'end' || batch[at]!.end === 'wait');
      await Promise.all(lasting.map(told));
      expect(proxy.logins.length - before).toBeGreaterThanOrEqual(lasting.length);
    }

    await proxy.proxy.close(60_000);
    expect(proxy.proxy.connections).toBe(0);
    for (const socket of sockets) if (!socket.destroyed) await once(socket, 'close');
    const failed = proxy.notices.filter(({ message }) => /failed/.test(message));
    expect(failed).toEqual([]);
    const written = JSON.stringify([proxy.logins, proxy.notices]);
    for (const form of secretForms) expect(written).not.toContain(form);
    const outcomes = new Set(proxy.logins.map(({ outcome }) => outcome));
    expect([...outcomes].sort()).toEqual(['failed', 'none', 'refused', 'succeeded', 'unseen']);
  },
);
