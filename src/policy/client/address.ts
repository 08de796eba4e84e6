import { validateHeaderName, validateHeaderValue } from 'node:http';
import { SensorError } from '../../errors.js';

export type Command = 'allow' | 'report';

/** Where requests go, and what their headers say. */
export interface PolicyAddress {
  readonly secure: boolean;
  /** Without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
  readonly target: Readonly<Record<Command, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** For people: without user, password and query. */
  readonly shown: string;
}

/**
 * Reads a policy server's URL as Dovecot does: `?command=…` is appended, or `command=…` where it ends in `&`. User and password become Basic (RFC 7617), the password may
 * be empty.
 *
 * @param apiHeader `Name: value`; without a colon the value of `X-API-Key`; null: none
 * @throws SensorError `policy_setting`; never with what the URL or the header says
 */
export function policyAddress(text: string, apiHeader: string | null): PolicyAddress {
  const fail = (message: string) => new SensorError('policy_setting', 'server_url', 0, message);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw fail('no URL');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw fail('expected http: or https:');
  if (url.hash !== '') throw fail('a fragment is no part of a request');
  // What Dovecot appends to `/?a=b` is `?command=…` again, which no server understands.
  if (text.includes('?') && !text.endsWith('&')) throw fail('a URL with a query must end in &');
  const secure = url.protocol === 'https:';
  const base = `${url.pathname}${url.search}`;
  const joint = base.endsWith('&') ? '' : '?';
  const command = (name: Command) => `${base}${joint}command=${name}`;
  return {
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    target: { allow: command('allow'), report: command('report') },
    headers: {
      'User-Agent': 'ja3-sensor/policy-client',
      'Content-Type': 'application/json',
      ...basicHeader(url),
      ...(apiHeader !== null && keyHeader(apiHeader)),
    },
    shown: `${url.protocol}//${url.host}${url.pathname}`,
  };
}

function basicHeader(url: URL): Record<string, string> {
  if (url.username === '' && url.password === '') return {};
  let [user, password] = ['', ''];
  try {
    [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  } catch {
    throw new SensorError('policy_setting', 'server_url', 0, 'user or password is not percent-encoded UTF-8');
  }
  // RFC 7617 section 2: what stands before the first colon is the user.
  if (user.includes(':')) throw new SensorError('policy_setting', 'server_url', 0, 'the user has a colon in it');
  return { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** The server's own header. What carries requests is not to be changed by it. */
function keyHeader(text: string): Record<string, string> {
  const colon = text.indexOf(':');
  const [name, value] = colon < 0 ? ['X-API-Key', text] : [text.slice(0, colon), text.slice(colon + 1)];
  const fail = () =>
    new SensorError('policy_setting', 'server_api_header', 0, 'no header: expected Name: value, or a key');
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw fail();
  }
  if (/^(host|content-.*|transfer-encoding|connection|user-agent|te|trailer|upgrade|expect)$/i.test(name)) throw fail();
  return { [name]: value };
}
