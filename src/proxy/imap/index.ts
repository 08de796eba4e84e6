import type { BackendDialogue, BackendDialogueSettings, ClientDialogue, ClientDialogueSettings } from '../dialogue.js';
import { ImapBackendDialogue } from './backend.js';
import { ImapClientDialogue } from './client.js';

/** IMAP's login dialogues (RFC 9051), as Dovecot's login processes speak them. */
export function imapClientDialogue(settings: ClientDialogueSettings): ClientDialogue {
  return new ImapClientDialogue(settings);
}

export function imapBackendDialogue(settings: BackendDialogueSettings): BackendDialogue {
  return new ImapBackendDialogue(settings);
}

export { ImapBackendDialogue } from './backend.js';
export { ImapClientDialogue } from './client.js';
