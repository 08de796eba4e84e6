import { expect } from 'vitest';
import type { Attempt } from '../../../../src/proxy/attempt.js';
import type {
  BackendDialogueSettings,
  BackendStep,
  ClientDialogueSettings,
  ClientStep,
} from '../../../../src/proxy/dialogue.js';
import { imapClientDialogue } from '../../../../src/proxy/imap/index.js';
import { fromLatin1, latin1 } from '../../../../src/proxy/lines.js';
import { everyDelivery, throughReusedBuffer } from '../../../harness/every-cut.js';

/** A client inside TLS of a proxy that offers every mechanism, in front of a Dovecot. */
export function clientSettings(changes: Partial<ClientDialogueSettings> = {}): ClientDialogueSettings {
  return {
    hostname: 'mail.example.org',
    secured: true,
    starttls: true,
    mechanisms: ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-256', 'XOAUTH2', 'OAUTHBEARER'],
    cleartext: false,
    keywords: ['IMAP4rev1', 'LOGIN-REFERRALS', 'ID', 'ENABLE', 'IDLE', 'LITERAL+'],
    trusted: false,
    greeting: null,
    limits: { maxLine: 8192, maxBadCommands: 3, maxAttempts: 3 },
    ...changes,
  };
}

export function backendSettings(changes: Partial<BackendDialogueSettings> = {}): BackendDialogueSettings {
  return { hostname: 'proxy.example.org', tls: 'none', identity: null, ...changes };
}

/** What must be seen of an attempt, secrets included. */
export function shownAttempt({ mechanism, user, credentials, tag }: Attempt): string {
  const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? 'none' : JSON.stringify(latin1(bytes)));
  const what = `attempt ${tag} ${mechanism} ${user}`;
  switch (credentials.kind) {
    case 'password':
      return `${what}: ${text(credentials.authorization)} ${text(credentials.user)} ${text(credentials.password.reveal())}`;
    case 'sasl':
      return `${what}: ${text(credentials.initial?.reveal())}`;
    case 'apop':
      return `${what}: APOP`;
  }
}

/** Steps to be compared: what is sent as its lines, the rest by its name and what matters of it. */
export function shown(steps: readonly (ClientStep | BackendStep)[]): string[] {
  return steps.flatMap((step): string[] => {
    switch (step.step) {
      case 'send':
        return latin1(step.bytes).split('\r\n').slice(0, -1);
      case 'attempt':
        return [`(${shownAttempt(step.attempt)})`];
      case 'response':
        return [`(response ${step.response === null ? 'none' : JSON.stringify(latin1(step.response))})`];
      case 'challenge':
        return [`(challenge ${JSON.stringify(latin1(step.challenge))})`];
      case 'answer':
        return [`(${step.outcome}: ${step.text})`, ...latin1(step.reply).split('\r\n').slice(0, -1)];
      case 'refused':
        return [`(refused ${step.mechanism} ${step.user} ${step.reason})`];
      case 'close':
        return [`(close ${step.reason})`];
      case 'broken':
        return [`(broken ${step.reason}: ${step.text})`];
      case 'claim':
        return [`(claim ${JSON.stringify(step.identity)})`];
      case 'client_id':
        return [`(client_id ${JSON.stringify(step.pairs)})`];
      case 'ready':
        return [`(ready ${JSON.stringify(step.backend)})`];
      default:
        return [`(${step.step})`];
    }
  });
}

export const bytes = fromLatin1;

/** Base64 of text whose characters are bytes. */
export const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

/** One that has greeted. */
export function greeted(changes: Partial<ClientDialogueSettings> = {}) {
  const dialogue = imapClientDialogue(clientSettings(changes));
  dialogue.greet();
  return dialogue;
}

/** All that comes of what a client sends, in every delivery the same. */
export function answers(sent: string, changes: Partial<ClientDialogueSettings> = {}): string[] {
  let first: string[] | null = null;
  for (const delivery of everyDelivery(bytes(sent))) {
    const dialogue = greeted(changes);
    const steps: string[] = [];
    throughReusedBuffer(delivery, (chunk) => steps.push(...shown(dialogue.push(chunk))));
    first ??= steps;
    expect(steps, delivery.name).toEqual(first);
  }
  return first ?? [];
}
