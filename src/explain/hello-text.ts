import { entry, type Look, NO_BREAK, plural } from './look.js';
import type { ExplainedExtension, ExplainedHello, ExplainedLists, ExtensionContent, NamedValue } from './types.js';

const hex4 = (value: number): string => `0x${value.toString(16).padStart(4, '0')}`;

/** `4866 TLS_AES_256_GCM_SHA384`, not to be broken in between; the number in decimal and hex where it has no name. */
export function valueText({ value, name, grease }: NamedValue): string {
  if (grease) return `${value}${NO_BREAK}GREASE`;
  return name.startsWith('0x') ? `${value}${NO_BREAK}(${name})` : `${value}${NO_BREAK}${name}`;
}

export const valuesText = (values: readonly NamedValue[]): string => values.map(valueText).join(', ');

/** One line: decimal as in ja3, hex as in ja4, name. */
function row({ value, name, grease }: NamedValue, look: Look): string {
  const shown = grease ? look.dim('GREASE') : name.startsWith('0x') ? look.dim('unknown') : name;
  return `  ${String(value).padStart(5)}  ${hex4(value)}  ${shown}`;
}

/** The hello field by field. */
export function helloText(hello: ExplainedHello, look: Look): string {
  const record = hello.recordVersion === null ? '' : `, in a record that says ${hello.recordVersion.name}`;
  const head = [
    entry('legacy_version', LABEL, valueText(hello.legacyVersion), look, ''),
    entry('random', LABEL, '32 bytes', look, ''),
    entry('legacy_session_id', LABEL, plural(hello.sessionIdLength, 'byte'), look, ''),
    entry('compression_methods', LABEL, valuesText(hello.compressionMethods) || 'none', look, ''),
  ].join('');
  const ciphers = `cipher_suites: ${hello.cipherSuites.length}\n${rows(hello.cipherSuites, look)}`;
  const { extensions } = hello;
  return [
    `${look.bold(`ClientHello of ${hello.length} bytes`)}${record}\n\n${head}`,
    ciphers,
    extensions === null
      ? 'extensions: the hello ends before them\n'
      : `extensions: ${extensions.length}\n${extensions.map((each) => extensionText(each, look)).join('')}`,
  ].join('\n');
}

const LABEL = 'compression_methods'.length;

const rows = (values: readonly NamedValue[], look: Look): string =>
  values.map((value) => `${row(value, look)}\n`).join('');

function extensionText(extension: ExplainedExtension, look: Look): string {
  const { length, content, problem, repeated } = extension;
  const line = `${row(extension, look)}${length === 0 ? '' : look.dim(`  ${plural(length, 'byte')}`)}\n`;
  if (repeated) return `${line}${' '.repeat(17)}repeated: what a later one of its type says counts\n`;
  if (problem !== null) {
    return `${line}${' '.repeat(17)}malformed: ${problem.code}, ${problem.field} at byte ${problem.offset} of the hello\n`;
  }
  return content === null ? line : line + contentText(content, look);
}

function contentText(content: ExtensionContent, look: Look): string {
  return Object.entries(content)
    .map(([name, value]) => entry(name, 0, memberText(value, look) || '(none)', look, ' '.repeat(17)))
    .join('');
}

type Member = ExtensionContent[string];

function memberText(member: Member, look: Look): string {
  if (typeof member === 'string') return look.escape(member);
  if (typeof member !== 'object') return String(member);
  return member.map((item) => itemText(item, look)).join(', ');
}

function itemText(item: string | number | NamedValue, look: Look): string {
  if (typeof item === 'string') return look.escape(item) || '(empty)';
  if (typeof item === 'number') return String(item);
  return 'length' in item ? `${valueText(item)} of ${plural(Number(item.length), 'byte')}` : valueText(item);
}

/** What a ja3 string tells of a hello. */
export function listsText(lists: ExplainedLists, look: Look): string {
  const list = (name: string, values: readonly NamedValue[]): string =>
    `${name}: ${values.length === 0 ? 'none' : values.length}\n${rows(values, look)}`;
  return [
    `${look.bold('What the string tells')}\n\n${entry('version', 7, valueText(lists.version), look, '')}`,
    list('cipher_suites', lists.cipherSuites),
    list('extensions', lists.extensions),
    list('supported_groups', lists.supportedGroups),
    list('ec_point_formats', lists.ecPointFormats),
  ].join('\n');
}
