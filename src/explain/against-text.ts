import type { AgainstMatch, AgainstResult } from './against/types.js';
import { entry, type Look, wrapped } from './look.js';
import type { Explanation } from './types.js';

const VIEW: Readonly<Record<AgainstMatch['view'], string>> = {
  ja3: 'ja3',
  ja3n: 'ja3n',
  'ssl_ja3_3.0': 'ssl_ja3 with OpenSSL 1.1.1 to 3.1',
  'ssl_ja3_3.5': 'ssl_ja3 with OpenSSL 3.2 or later',
  ja4: 'ja4',
};

/** How another tool's hash comes about. */
export function againstText(result: AgainstResult, explanation: Explanation, look: Look): string {
  const head = `${look.bold(`Against ${look.escape(result.hash)}`)}\n`;
  const { matches, parts } = result;
  if (matches.length > 0) return head + matches.map((match) => matchText(match, look)).join('');
  if (parts.length > 0) {
    const width = Math.max(...parts.map(({ part }) => part.length));
    return (
      head +
      wrapped('Not every part of it is explained by a known deviation:', look, '  ') +
      parts
        .map(({ part, ours, theirs, deviations }) =>
          entry(
            part,
            width,
            `${theirs} instead of ${ours}: ${deviations.map(({ text }) => text).join('; ') || 'no known reason'}`,
            look,
          ),
        )
        .join('')
    );
  }
  return head + wrapped(nothingText(result, explanation), look, '  ');
}

function matchText({ view, deviations, string }: AgainstMatch, look: Look): string {
  if (deviations.length === 0) return `  is the ${VIEW[view]} of this hello\n`;
  const list = deviations.map(({ text }) => text).join('; ');
  const how = wrapped(`is the ${VIEW[view]} of this hello, but: ${list}`, look, '  ');
  return view === 'ja4' ? how : `${how}  MD5 of  ${look.escape(string)}\n`;
}

function nothingText({ hash, tried, complete }: AgainstResult, { kind }: Explanation): string {
  if (tried === 0) {
    return kind === 'ja3_string'
      ? 'a ja4 cannot be compared with a ja3 string: it is made of more than the string tells'
      : 'this hello has no ja4 to compare it with';
  }
  const all = complete ? `none of ${tried} known ways` : `none of the ${tried} ways that were tried, the limit,`;
  return (
    `${all} to hash this hello gives ${hash}. It is the hash of another hello (a client that shuffles its extensions has ` +
    'another ja3 on every connection: compare ja3n), or made by a rule that is not known here.'
  );
}
