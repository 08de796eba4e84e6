import type {
  BackendDialogue,
  BackendDialogueSettings,
  ClientDialogue,
  ClientDialogueSettings,
  Protocol,
} from './dialogue.js';
import { imapBackendDialogue, imapClientDialogue } from './imap/index.js';
import { pop3BackendDialogue, pop3ClientDialogue } from './pop3/index.js';
import { sieveBackendDialogue, sieveClientDialogue } from './sieve/index.js';
import { smtpBackendDialogue, smtpClientDialogue } from './smtp/index.js';

const clientDialogues: Readonly<Record<Protocol, (settings: ClientDialogueSettings) => ClientDialogue>> = {
  imap: imapClientDialogue,
  pop3: pop3ClientDialogue,
  submission: (settings) => smtpClientDialogue(settings, false),
  smtp: (settings) => smtpClientDialogue(settings, true),
  sieve: sieveClientDialogue,
};

/** The server's half of each protocol's login. */
export function clientDialogue(protocol: Protocol, settings: ClientDialogueSettings): ClientDialogue {
  return clientDialogues[protocol](settings);
}

/** The client's half. */
export const backendDialogues: Readonly<Record<Protocol, (settings: BackendDialogueSettings) => BackendDialogue>> = {
  imap: imapBackendDialogue,
  pop3: pop3BackendDialogue,
  submission: smtpBackendDialogue,
  smtp: smtpBackendDialogue,
  sieve: sieveBackendDialogue,
};
