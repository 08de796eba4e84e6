/** The login dialogue of POP3, both halves. */
import type { BackendDialogue, BackendDialogueSettings, ClientDialogue, ClientDialogueSettings } from '../dialogue.js';
import { Pop3BackendDialogue } from './backend-dialogue.js';
import { Pop3ClientDialogue } from './client-dialogue.js';

export const pop3ClientDialogue = (settings: ClientDialogueSettings): ClientDialogue =>
  new Pop3ClientDialogue(settings);

export const pop3BackendDialogue = (settings: BackendDialogueSettings): BackendDialogue =>
  new Pop3BackendDialogue(settings);
