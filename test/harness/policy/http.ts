import { once } from 'node:events';
import { connect } from 'node:net';
import type { ListEntry } from '../../../src/model/index.js';
import type {
  Decision,
  LoginReport,
  PolicyLogin,
  PolicyManagement,
  PolicyServerOptions,
} from '../../../src/policy/index.js';
import { PolicyServer } from '../../../src/policy/index.js';
import { everything } from '../tls-servers.js';

/** Noon of a day in 2025. */
export const NOW = Date.UTC(2025, 5, 20, 12, 0, 0);

export const pass: Decision = {
  verdict: { action: 'allow', rule: null, source: 'rules', ignored: null },
  evidence: [],
};

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed where it is JSON, which it must be. */
  readonly json: unknown;
}

export interface Sent {
  readonly method?: string;
  /** A string is sent as it is. */
  readonly body?: string | object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The policy server with a decider that says what it is told, and remembers what it was asked. */
export interface HttpServer {
  readonly server: PolicyServer;
  readonly port: number;
  readonly asked: readonly PolicyLogin[];
  readonly reported: readonly { readonly login: PolicyLogin; readonly report: LoginReport }[];
  readonly entries: readonly ListEntry[];
  readonly reset: readonly object[];
  /** What the operator was told. */
  readonly notices: readonly { readonly message: string; readonly details: Readonly<Record<string, unknown>> }[];
  send(path: string, sent?: Sent): Promise<HttpAnswer>;
  /** Bytes over a connection of their own. @returns all that came until it was closed */
  raw(...pieces: readonly (string | Buffer)[]): Promise<string>;
  close(): Promise<void>;
}

export const open = { password: null, apiKey: null };

export async function startHttp(
  changes: Partial<PolicyServerOptions> = {},
  decide: (login: PolicyLogin) => Decision = () => pass,
): Promise<HttpServer> {
  const asked: PolicyLogin[] = [];
  const reported: HttpServer['reported'][number][] = [];
  const notices: HttpServer['notices'][number][] = [];
  const { management, entries, reset } = listsInMemory();
  const server = new PolicyServer(
    {
      listen: [{ host: '127.0.0.1', port: 0 }],
      tls: null,
      networks: [],
      ask: open,
      manage: open,
      rate: { perSecond: 1e6, burst: 1e6 },
      ...changes,
    },
    {
      decider: {
        decide: (login) => {
          asked.push(login);
          return decide(login);
        },
        report: (login, report) => void reported.push({ login, report }),
      },
      management,
      identify: () => ({ device: null, aliases: [], recognition: null }),
      clientName: () => null,
      notices: { info: () => {}, warn: (message, details = {}) => void notices.push({ message, details }) },
      now: () => NOW,
      version: '1.2.3',
    },
  );
  const [{ port } = { port: 0 }] = await server.listen();
  const send = async (path: string, { method = 'POST', body, headers = {} }: Sent = {}): Promise<HttpAnswer> => {
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers,
      ...(text !== undefined && { body: text }),
    });
    const said = await answer.text();
    return { status: answer.status, headers: answer.headers, text: said, json: JSON.parse(said) };
  };
  const raw = async (...pieces: readonly (string | Buffer)[]): Promise<string> => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const said = everything(socket);
    await once(socket, 'connect');
    for (const piece of pieces) socket.write(piece);
    return (await said).toString('latin1');
  };
  return { server, port, asked, reported, entries, reset, notices, send, raw, close: () => server.close(0) };
}

function listsInMemory() {
  const entries: ListEntry[] = [];
  const reset: object[] = [];
  const isSame = (one: Omit<ListEntry, 'expires' | 'reason'>) => (other: Omit<ListEntry, 'expires' | 'reason'>) =>
    (['list', 'ip', 'login', 'ja3'] as const).every((name) => one[name] === other[name]);
  const remove: PolicyManagement['remove'] = (list, key) => {
    const at = entries.findIndex(isSame({ ...key, list }));
    if (at >= 0) entries.splice(at, 1);
    return at >= 0;
  };
  const management: PolicyManagement = {
    listed: (list) => entries.filter((entry) => entry.list === list),
    add: (entry) => {
      remove(entry.list, entry);
      entries.push(entry);
    },
    remove,
    reset: (key) => void reset.push(key),
    stats: (key) => ({
      counts: { devices: { succeeded: 3, failed: 1 } },
      allowed: entries.find(isSame({ ...key, list: 'allow' })) ?? null,
      blocked: entries.find(isSame({ ...key, list: 'block' })) ?? null,
    }),
  };
  return { management, entries, reset };
}

/** A request as a mail server sends it, the connection to be kept. */
export function httpRequest(target: string, body: string, ...headers: readonly string[]): string {
  const lines = [`POST ${target} HTTP/1.1`, 'Host: x', `Content-Length: ${Buffer.byteLength(body)}`, ...headers];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
