/** RFC 8259 sections 2, 3, 6 and 7. */
const space = /[ \t\n\r]*/y;
const token =
  /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/y;

/** What may come next. `first…`: or the end of what has just been opened. */
type Expected = 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'more' | 'end';

/**
 * Where a text stops to be JSON: the first character of what cannot stand there, the text's length where something is missing. V8 does not always say, and quotes the text.
 *
 * @returns null: it is JSON
 */
export function jsonFault(text: string): number | null {
  const open: string[] = [];
  let expected: Expected = 'value';
  for (let at = after(space, text, 0); at < text.length; ) {
    const end = after(token, text, at);
    if (end === at) return at;
    const next = step(expected, text[at]!, open);
    if (next === null) return at;
    expected = next;
    at = after(space, text, end);
  }
  return expected === 'end' ? null : text.length;
}

/** @param first of the token @param open what has been opened, `{` or `[`, the innermost last */
function step(expected: Expected, first: string, open: string[]): Expected | null {
  const behind = (): Expected => (open.length === 0 ? 'end' : 'more');
  const closes = first === '}' ? '{' : first === ']' ? '[' : null;
  if (closes !== null) {
    const mayClose = expected === 'more' || expected === (closes === '{' ? 'first name' : 'first value');
    if (!mayClose || open.at(-1) !== closes) return null;
    open.pop();
    return behind();
  }
  switch (expected) {
    case 'value':
    case 'first value':
      if (first === ',' || first === ':') return null;
      if (first !== '{' && first !== '[') return behind();
      open.push(first);
      return first === '{' ? 'first name' : 'first value';
    case 'name':
    case 'first name':
      return first === '"' ? 'colon' : null;
    case 'colon':
      return first === ':' ? 'value' : null;
    case 'more':
      if (first !== ',') return null;
      return open.at(-1) === '{' ? 'name' : 'value';
    case 'end':
      return null;
  }
}

function after(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
