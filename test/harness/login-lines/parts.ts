import { expect } from 'vitest';
import type { Differences, Part, Parts } from './situations.js';

/** What both write about a connection's end; what Dovecot says besides, while it goes on, is its own. */
export const ABOUT_LOGIN = /-login: Info: (?:Logged in|Login|Login aborted: .*|Disconnected: .*): user=</;

/** `Dec 01 00:00:00 imap-login: Info: Login aborted: WHAT (WHY) (EVENT): user=<…>, …` */
export function partsOf(line: string): Parts {
  const [, said = '', elements = ''] = /-login: Info: (.*?): (user=<.*)$/.exec(line) ?? [];
  const [, head, what, why, event] =
    /^(Logged in|Login aborted|Login|Disconnected)(?:: (.*?) \(([^()]*)\)(?: \(([a-z0-9_]+)\))?)?$/.exec(said) ?? [];
  const pairs = elements.split(', ').map((element) => /^(\w+)(?:=<?(.*?)>?)?$/.exec(element) ?? [element, element]);
  const values = Object.fromEntries(pairs.map(([, key, value]) => [key, value]));
  const secured = elements.split(', ').find((element) => element.startsWith('TLS'));
  return {
    // What went wrong is OpenSSL's word there, and the reader's of hellos here.
    ...(head !== undefined && { head }),
    ...(what !== undefined && { what: what.replace(/^Connection closed: .*/, 'Connection closed: …') }),
    ...(why !== undefined && { why: why.replace(/\b(in|waited) \d+ secs/, '$1 N secs') }),
    ...(event !== undefined && { event }),
    order: pairs.map(([whole, key]) => (whole?.startsWith('TLS') ? 'TLS' : key)).join(' '),
    ...Object.fromEntries(
      ['user', 'method', 'rip', 'lip'].flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])),
    ),
    ...(secured !== undefined && { secured: secured.replace(/^TLS handshaking: .*/, 'TLS handshaking: …') }),
  };
}

/** What is expected of ours: Dovecot's, but where it differs on purpose; and that Dovecot's is as the difference says. */
export function changed(theirs: Parts, differs: Differences): Parts {
  const wanted: Parts = { ...theirs };
  for (const [part, [dovecots, ours]] of Object.entries(differs) as [Part, readonly [string?, string?]][]) {
    expect([part, theirs[part]]).toEqual([part, dovecots]);
    if (ours === undefined) delete wanted[part];
    else wanted[part] = ours;
  }
  return wanted;
}
