import type { BackendDialogue, BackendDialogueSettings, BackendStep, Protocol } from '../../src/proxy/dialogue.js';

/**
 * The smallest login dialogue there can be, so that links are tested by themselves. The server says `HI WORDS`; `TLS?` is answered `TLS!`; `WHO NAME` (the identity's
 * session) is answered `KNOWN` or `UNKNOWN`. `NO …` means that the server will not. One line each, ended by a newline.
 */
export class LineDialogue implements BackendDialogue {
  readonly #settings: BackendDialogueSettings;
  #state: 'greeting' | 'tls' | 'handshake' | 'who' | 'ready' | 'over' = 'greeting';
  #greeting = '';
  #text = '';

  constructor(settings: BackendDialogueSettings) {
    this.#settings = settings;
  }

  push(bytes: Uint8Array): readonly BackendStep[] {
    this.#text += Buffer.from(bytes).toString('latin1');
    const steps: BackendStep[] = [];
    for (;;) {
      const end = this.#text.indexOf('\n');
      if (end < 0 || this.#state === 'ready' || this.#state === 'over') return steps;
      const line = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 1);
      steps.push(...this.#line(line));
    }
  }

  #line(line: string): BackendStep[] {
    if (line.startsWith('NO ')) return this.#broken('proxy_dest_remote_failure', line.slice(3));
    if (this.#state === 'greeting' && line.startsWith('HI ')) {
      this.#greeting = line.slice(3);
      if (this.#settings.tls !== 'starttls') return this.#introduce();
      this.#state = 'tls';
      return [send('TLS?\n')];
    }
    if (this.#state === 'tls' && line === 'TLS!') {
      if (this.#text !== '')
        return this.#broken('proxy_dest_protocol_failure', 'something in clear behind the go-ahead');
      this.#state = 'handshake';
      return [{ step: 'start_tls' }];
    }
    if (this.#state === 'who' && (line === 'KNOWN' || line === 'UNKNOWN')) return this.#ready(line === 'KNOWN');
    return this.#broken('proxy_dest_protocol_failure', line);
  }

  secured(): readonly BackendStep[] {
    return this.#introduce();
  }

  begin(): readonly BackendStep[] {
    return [send('LOGIN\n')];
  }

  respond(): readonly BackendStep[] {
    return [];
  }

  quit(): readonly BackendStep[] {
    return [send('BYE\n')];
  }

  rest(): Uint8Array {
    return Buffer.from(this.#text, 'latin1');
  }

  #introduce(): BackendStep[] {
    const { identity } = this.#settings;
    if (identity === null) return this.#ready(false);
    this.#state = 'who';
    return [send(`WHO ${identity.session}\n`)];
  }

  #ready(tookIdentity: boolean): BackendStep[] {
    this.#state = 'ready';
    const backend = { mechanisms: ['PLAIN'], keywords: [], greeting: this.#greeting, tookIdentity };
    return [{ step: 'ready', backend }];
  }

  #broken(reason: 'proxy_dest_remote_failure' | 'proxy_dest_protocol_failure', text: string): BackendStep[] {
    this.#state = 'over';
    return [{ step: 'broken', reason, text }];
  }
}

function send(text: string): BackendStep {
  return { step: 'send', bytes: Buffer.from(text, 'latin1') };
}

const make = (settings: BackendDialogueSettings) => new LineDialogue(settings);

export const lineDialogues: Readonly<Record<Protocol, typeof make>> = {
  imap: make,
  pop3: make,
  submission: make,
  smtp: make,
  sieve: make,
};
