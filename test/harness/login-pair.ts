import type { ForwardedIdentity } from '../../src/proxy/attempt.js';
import type {
  BackendDialogue,
  BackendDialogueSettings,
  BackendStep,
  ClientDialogue,
  ClientDialogueSettings,
  ClientStep,
} from '../../src/proxy/dialogue.js';

/** A listener inside TLS that offers passwords, unless the test says otherwise. */
export function clientSettings(own: Partial<ClientDialogueSettings> = {}): ClientDialogueSettings {
  return {
    hostname: 'mail.example.org',
    secured: true,
    starttls: false,
    mechanisms: ['PLAIN', 'LOGIN'],
    cleartext: false,
    keywords: [],
    trusted: false,
    greeting: null,
    limits: { maxLine: 512, maxBadCommands: 3, maxAttempts: 3 },
    ...own,
  };
}

export function backendSettings(own: Partial<BackendDialogueSettings> = {}): BackendDialogueSettings {
  return { hostname: 'proxy.example.org', tls: 'none', identity: null, ...own };
}

export const exampleIdentity: ForwardedIdentity = {
  remote: { ip: '192.0.2.7', port: 50_000 },
  local: { ip: '2001:db8::25', port: 995 },
  session: 'AbCd+/1234',
  ttl: 6,
  tls: true,
  serverName: 'mail.example.org',
  forward: [['ssl_ja3_hash', 'e7d705a3286e19ea42f587b344ee6865']],
  clientId: null,
};

export const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

/** Steps as lines of text: what is sent as it is, without line ends; the others in angle brackets. Secrets are shown, so that a test can say what they are. */
export function told(steps: readonly (ClientStep | BackendStep)[]): string[] {
  return steps.flatMap((step) => {
    switch (step.step) {
      case 'send':
        return latin1(step.bytes).replace(/\r\n$/, '').split('\r\n');
      case 'attempt': {
        const { mechanism, user, credentials } = step.attempt;
        const secrets =
          credentials.kind === 'password'
            ? [credentials.authorization, credentials.user, credentials.password.reveal()].map(latin1)
            : credentials.kind === 'apop'
              ? [latin1(credentials.user), latin1(credentials.digest.reveal())]
              : [credentials.initial === null ? 'no initial response' : latin1(credentials.initial.reveal())];
        return [`<attempt ${mechanism} of ${user}: ${credentials.kind} ${secrets.join('|')}>`];
      }
      case 'response':
        return [`<response ${step.response === null ? 'given up' : latin1(step.response)}>`];
      case 'challenge':
        return [`<challenge ${latin1(step.challenge)}>`];
      case 'refused':
        return [`<refused ${step.mechanism} of ${step.user}: ${step.reason}>`];
      case 'close':
        return [`<close ${step.reason}>`];
      case 'broken':
        return [`<broken ${step.reason}: ${step.text}>`];
      case 'answer':
        return [`<answer ${step.outcome}: ${step.text}>`, ...latin1(step.reply).replace(/\r\n$/, '').split('\r\n')];
      case 'ready':
        return [
          `<ready ${step.backend.mechanisms.join(' ')}; identity ${step.backend.tookIdentity ? 'taken' : 'not taken'}>`,
        ];
      default:
        return [`<${step.step}>`];
    }
  });
}

/** Both halves of a login as a session drives them, each attempt at a backend of its own; what the servers and clients say is the test's. */
export class LoginPair {
  /** What the client and the backends were sent, Latin-1. */
  toClient = '';
  toBackend = '';
  /** Every step, and whose it was. */
  readonly steps: (ClientStep | BackendStep)[] = [];
  /** How attempts ended. */
  readonly outcomes: string[] = [];
  /** Attempts that ran at the same time, at most. */
  mostAtOnce = 0;
  closed = false;
  loggedIn = false;
  readonly #client: ClientDialogue;
  readonly #newBackend: () => BackendDialogue;
  readonly #begun: () => void;
  #backend: BackendDialogue | null = null;
  #attempt: Extract<ClientStep, { step: 'attempt' }>['attempt'] | null = null;
  #running = 0;

  /** @param begun a backend is asked; it has not yet greeted */
  constructor(client: ClientDialogue, newBackend: () => BackendDialogue, begun: () => void = () => {}) {
    this.#client = client;
    this.#newBackend = newBackend;
    this.#begun = begun;
    this.#takeClient(client.greet());
  }

  fromClient(bytes: Uint8Array): void {
    if (!this.closed && !this.loggedIn) this.#takeClient(this.#client.push(bytes));
  }

  fromBackend(bytes: Uint8Array): void {
    if (this.#backend !== null) this.#takeBackend(this.#backend.push(bytes));
  }

  #takeClient(steps: readonly ClientStep[]): void {
    for (const step of steps) {
      if (this.closed) throw new Error(`a step behind the last one: ${step.step}`);
      this.steps.push(step);
      if (step.step === 'send') this.toClient += latin1(step.bytes);
      else if (step.step === 'close') this.closed = true;
      else if (step.step === 'start_tls') this.#takeClient([...this.#client.startTls(), ...this.#client.secured()]);
      else if (step.step === 'proceed') {
        this.outcomes.push('proceed');
        this.#takeClient(this.#client.finish('unavailable', null));
      } else if (step.step === 'response') this.#takeBackend(this.#backend?.respond(step.response) ?? []);
      else if (step.step === 'attempt') {
        this.#running++;
        this.mostAtOnce = Math.max(this.mostAtOnce, this.#running);
        this.#attempt = step.attempt;
        this.#backend = this.#newBackend();
        this.#begun();
      }
    }
  }

  #takeBackend(steps: readonly BackendStep[]): void {
    for (const step of steps) {
      this.steps.push(step);
      if (step.step === 'send') this.toBackend += latin1(step.bytes);
      else if (step.step === 'start_tls') this.#takeBackend(this.#backend!.secured());
      else if (step.step === 'ready') this.#takeBackend(this.#backend!.begin(this.#attempt!));
      else if (step.step === 'challenge') this.#takeClient(this.#client.challenge(step.challenge));
      else if (step.step === 'broken') this.#finish(() => this.#client.finish('unavailable', null), step.reason);
      else if (step.step === 'answer') {
        this.loggedIn ||= step.outcome === 'succeeded';
        this.#finish(() => this.#client.finish(step.outcome, step.reply), step.outcome);
      }
    }
  }

  #finish(finish: () => readonly ClientStep[], outcome: string): void {
    this.#running--;
    this.#backend = null;
    this.outcomes.push(outcome);
    this.#takeClient(finish());
  }
}
