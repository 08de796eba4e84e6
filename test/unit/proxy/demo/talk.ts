import { expect } from 'vitest';
import { Letters } from '../../../../src/proxy/demo/letters.js';
import { DemoSession } from '../../../../src/proxy/demo/session.js';
import { fromLatin1, latin1 } from '../../../../src/proxy/lines.js';

/** 2026-11-22 11:33:20 UTC, a Sunday. */
export const MOMENT = new Date(Date.UTC(2026, 10, 22, 11, 33, 20));
export const VALIDITY = MOMENT.getTime() / 1000;

/** What a proxy says of its client. */
export const PROXY_ID =
  'ID ("name" "Mutt" "x-originating-ip" "192.0.2.1" "x-connected-name" "imap.example.org" "x-forward-client" "mutt 2.2.12" ' +
  '"x-forward-client_rung" "ja3" "x-forward-ja3_hash" "f35ce21b44ac0b87d3266294bb1b0e20")';

/** A connection in memory. */
export class Talk {
  readonly session: DemoSession;

  constructor(letters = new Letters(), clock = () => MOMENT) {
    this.session = new DemoSession(letters, clock);
    this.greeting = latin1(this.session.greet());
  }

  readonly greeting: string;

  /** @returns what is said to bytes as they are */
  raw(text: string): string {
    return latin1(this.session.push(fromLatin1(text)));
  }

  /** @returns what is said to one command, without its tag */
  says(command: string): string {
    return this.raw(`t ${command}\r\n`).replace(/^t /m, '');
  }

  /** Octets of a literal of the answer to one command. */
  literal(command: string): string {
    const answer = this.says(command);
    const [announced, size] = /\{(\d+)\}\r\n/.exec(answer)!;
    const at = answer.indexOf(announced) + announced.length;
    return answer.slice(at, at + Number(size));
  }
}

/** Logged in through a proxy. */
export function loggedIn(letters?: Letters): Talk {
  const talk = new Talk(letters);
  talk.says(PROXY_ID);
  expect(talk.says('LOGIN demo demo')).toMatch(/^OK /);
  return talk;
}

export function inMailbox(): Talk {
  const talk = loggedIn();
  expect(talk.says('SELECT INBOX')).toMatch(/^OK \[READ-WRITE\]/m);
  return talk;
}
