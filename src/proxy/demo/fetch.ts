import type { FetchItem, Section, ValueName } from './fetch-items.js';
import type { Letter } from './letter.js';

/** The data of a FETCH response (RFC 9051 section 7.5.2), without its parentheses. */
export function fetchData(letter: Letter, flags: ReadonlySet<string>, items: readonly FetchItem[]): string {
  return items
    .map((item) => `${item.kind === 'value' ? value(letter, flags, item.name) : part(letter, item)}`)
    .join(' ');
}

function value(letter: Letter, flags: ReadonlySet<string>, name: ValueName): string {
  switch (name) {
    case 'FLAGS':
      return flagsText(flags);
    case 'UID':
      return 'UID 1';
    case 'INTERNALDATE':
      return `INTERNALDATE "${internalDate(letter.date)}"`;
    case 'RFC822.SIZE':
      return `RFC822.SIZE ${content(letter, { of: 'whole' })!.length}`;
    case 'ENVELOPE':
      return `ENVELOPE ${envelope(letter)}`;
    // RFC 9051 section 7.5.2: BODY is the same without extension data: MD5, disposition, language, location.
    case 'BODYSTRUCTURE':
      return `BODYSTRUCTURE (${structure(letter)} NIL NIL NIL NIL)`;
    case 'BODY':
      return `BODY (${structure(letter)})`;
  }
}

export function flagsText(flags: ReadonlySet<string>): string {
  return `FLAGS (${[...flags].join(' ')})`;
}

function part(letter: Letter, { label, section, partial }: Extract<FetchItem, { kind: 'content' }>): string {
  const text = content(letter, section);
  const name = partial === null ? label : `${label}<${partial.from}>`;
  if (text === null) return `${name} NIL`;
  const octets = partial === null ? text : text.slice(partial.from, partial.from + partial.count);
  return `${name} {${octets.length}}\r\n${octets}`;
}

function content({ fields, text }: Letter, section: Section): string | null {
  switch (section.of) {
    case 'whole':
      return header(fields) + text;
    case 'header':
      return header(fields);
    case 'text':
      return text;
    case 'mime':
      return header(fields.filter(([name]) => /^(?:mime-version|content-)/i.test(name)));
    case 'fields':
      return header(fields.filter(([name]) => section.names.has(name.toLowerCase()) !== section.not));
    case 'none':
      return null;
  }
}

function header(fields: Letter['fields']): string {
  return `${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** RFC 9051 section 9, date-time: the day has two characters. */
function internalDate(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d\d) (\w+) (\d+) (\S+)/.exec(date.toUTCString())!;
  return `${day}-${month}-${year} ${time} +0000`;
}

function envelope({ fields }: Letter): string {
  const field = (wanted: string) => fields.find(([name]) => name === wanted)![1];
  const from = addresses(field('From'));
  const to = addresses(field('To'));
  // date, subject, from, sender, reply-to, to, cc, bcc, in-reply-to, message-id
  return `(${quoted(field('Date'))} ${quoted(field('Subject'))} ${from} ${from} ${from} ${to} NIL NIL NIL ${quoted(field('Message-ID'))})`;
}

/** One address, as the letter has it: `name <mailbox@host>`, or without a name. */
function addresses(text: string): string {
  const [, name, mailbox, host] = /^(?:(\S+) <)?([^@]+)@([^>]+)>?$/.exec(text)!;
  return `((${name === undefined ? 'NIL' : quoted(name)} NIL ${quoted(mailbox!)} ${quoted(host!)}))`;
}

function structure({ text }: Letter): string {
  const lines = text.split('\r\n').length - 1;
  return `"TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" ${text.length} ${lines}`;
}

/** RFC 9051 section 4.3. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
