import type { BackendDialogue, BackendDialogueSettings, ClientDialogue, ClientDialogueSettings } from '../dialogue.js';
import { SmtpBackendDialogue } from './backend.js';
import { SmtpClientDialogue } from './client.js';

/** @param loginOptional mail may come without a login (`smtp`; not where TLS is passed through): a `proceed` step says that it does */
export function smtpClientDialogue(settings: ClientDialogueSettings, loginOptional = false): ClientDialogue {
  return new SmtpClientDialogue(settings, loginOptional);
}

export function smtpBackendDialogue(settings: BackendDialogueSettings): BackendDialogue {
  return new SmtpBackendDialogue(settings);
}
