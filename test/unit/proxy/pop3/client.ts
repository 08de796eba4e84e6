import type { ClientDialogueSettings } from '../../../../src/proxy/dialogue.js';
import { pop3ClientDialogue } from '../../../../src/proxy/pop3/index.js';
import { bytesOf, clientSettings, told } from '../../../harness/login-pair.js';

/** A dialogue that has greeted, and what it does when a client says some lines. */
export function begin(settings: Partial<ClientDialogueSettings> = {}) {
  const dialogue = pop3ClientDialogue(clientSettings(settings));
  dialogue.greet();
  return { dialogue, say: (...lines: string[]) => told(dialogue.push(bytesOf(`${lines.join('\r\n')}\r\n`))) };
}

export const inClear = { secured: false, starttls: true } as const;
