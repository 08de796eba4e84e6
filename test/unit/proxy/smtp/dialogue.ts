import type { ForwardedIdentity } from '../../../../src/proxy/attempt.js';
import type {
  BackendDialogueSettings,
  BackendStep,
  ClientDialogueSettings,
  ClientStep,
} from '../../../../src/proxy/dialogue.js';

/** A client inside TLS of a proxy that offers every mechanism. */
export function clientSettings(changes: Partial<ClientDialogueSettings> = {}): ClientDialogueSettings {
  return {
    hostname: 'mail.example.org',
    secured: true,
    starttls: true,
    mechanisms: ['PLAIN', 'LOGIN', 'XOAUTH2', 'SCRAM-SHA-256', 'CRAM-MD5'],
    cleartext: false,
    keywords: ['PIPELINING', 'SIZE 10240000', '8BITMIME'],
    trusted: false,
    greeting: null,
    limits: { maxLine: 8192, maxBadCommands: 5, maxAttempts: 3 },
    ...changes,
  };
}

export function backendSettings(changes: Partial<BackendDialogueSettings> = {}): BackendDialogueSettings {
  return { hostname: 'proxy.example.org', tls: 'none', identity: null, ...changes };
}

export function identity(changes: Partial<ForwardedIdentity> = {}): ForwardedIdentity {
  return {
    remote: { ip: '192.0.2.7', port: 4711 },
    local: { ip: '192.0.2.1', port: 587 },
    session: 'abcDEF+/12=',
    ttl: 6,
    tls: true,
    serverName: 'mail.example.org',
    forward: [['ssl_ja3_hash', 'b7e9d913d85c071f5b806d59601e9b96']],
    clientId: null,
    ...changes,
  };
}

/**
 * Steps as a person reads them: lines that are sent, and everything else in brackets, secrets included. What several steps send in a row is one text, as on the wire:
 * it may be cut anywhere.
 */
export function shown(steps: readonly (ClientStep | BackendStep)[]): string[] {
  const shown: string[] = [];
  let sent = '';
  const flush = () => {
    if (sent !== '') shown.push(...sent.split('\r\n').slice(0, -1));
    sent = '';
  };
  for (const step of steps) {
    if (step.step === 'send') {
      sent += latin1(step.bytes);
      if (!sent.endsWith('\r\n')) throw new Error(`half a line is sent: ${JSON.stringify(sent)}`);
    } else {
      flush();
      shown.push(`(${words(step)})`);
    }
  }
  flush();
  return shown;
}

function words(step: Exclude<ClientStep | BackendStep, { step: 'send' }>): string {
  switch (step.step) {
    case 'start_tls':
    case 'proceed':
      return step.step;
    case 'helo':
      return `helo ${step.name}`;
    case 'attempt': {
      const { mechanism, user, credentials } = step.attempt;
      const parts: readonly (Uint8Array | undefined)[] =
        credentials.kind === 'password'
          ? [credentials.authorization, credentials.user, credentials.password.reveal()]
          : [credentials.kind === 'sasl' ? credentials.initial?.reveal() : credentials.digest.reveal()];
      const values = parts.map((part) => (part === undefined ? 'none' : JSON.stringify(latin1(part))));
      return `attempt ${mechanism} ${user}: ${values.join(' ')}`;
    }
    case 'response':
      return `response ${step.response === null ? 'none' : JSON.stringify(latin1(step.response))}`;
    case 'challenge':
      return `challenge ${JSON.stringify(latin1(step.challenge))}`;
    case 'refused':
      return `refused ${step.mechanism} ${step.user} ${step.reason}`;
    case 'close':
      return `close ${step.reason}`;
    case 'broken':
      return `broken ${step.reason}: ${step.text}`;
    case 'answer':
      return `${step.outcome} ${JSON.stringify(latin1(step.reply))}: ${step.text}`;
    case 'ready': {
      const { mechanisms, keywords, greeting, tookIdentity } = step.backend;
      return `ready ${mechanisms.join(' ')} | ${keywords.join(', ')} | ${greeting} | ${tookIdentity}`;
    }
    case 'claim':
      return `claim ${JSON.stringify(step.identity)}`;
    case 'client_id':
      throw new Error('SMTP has no ID');
  }
}

/** Text whose characters are bytes. */
export const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
export const latin1 = (octets: Uint8Array): string => Buffer.from(octets).toString('latin1');
export const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
