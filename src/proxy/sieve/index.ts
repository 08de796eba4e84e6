/** The login dialogue of ManageSieve (RFC 5804), both halves. */
import type { BackendDialogue, BackendDialogueSettings, ClientDialogue, ClientDialogueSettings } from '../dialogue.js';
import { SieveBackendDialogue } from './backend-dialogue.js';
import { SieveClientDialogue } from './client-dialogue.js';

export const sieveClientDialogue = (settings: ClientDialogueSettings): ClientDialogue =>
  new SieveClientDialogue(settings);

export const sieveBackendDialogue = (settings: BackendDialogueSettings): BackendDialogue =>
  new SieveBackendDialogue(settings);
