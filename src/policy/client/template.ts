import { SensorError } from '../../errors.js';
import { MAX_ATTRIBUTE_TEXT } from './limits.js';
import { type VariableName, variableNames } from './variables.js';

/** A template's pieces: text, and names of variables. */
export type Template = readonly (string | { readonly variable: VariableName })[];

/**
 * Reads a template of Dovecot 2.4: `%{name}`, and `%%` for a percent sign. Filters are not known, nor one-letter variables.
 *
 * @param attribute what it is for, to be named in errors
 * @throws SensorError `policy_setting`; offset counts characters of the template
 */
export function parseTemplate(attribute: string, text: string): Template {
  const fail = (at: number, message: string) => new SensorError('policy_setting', attribute, at, message);
  if (text.length > MAX_ATTRIBUTE_TEXT) throw fail(MAX_ATTRIBUTE_TEXT, 'too long a template');
  const pieces: Template[number][] = [];
  let at = 0;
  while (at < text.length) {
    const percent = text.indexOf('%', at);
    if (percent < 0) {
      pieces.push(text.slice(at));
      break;
    }
    if (percent > at) pieces.push(text.slice(at, percent));
    const next = text[percent + 1];
    if (next === '%') {
      pieces.push('%');
      at = percent + 2;
      continue;
    }
    const end = next === '{' ? text.indexOf('}', percent) : -1;
    if (end < 0) throw fail(percent, 'expected %{name} or %%');
    const name = text.slice(percent + 2, end);
    if (!isVariable(name)) throw fail(percent, `no such variable: %{${name}}`);
    pieces.push({ variable: name });
    at = end + 1;
  }
  return pieces;
}

function isVariable(name: string): name is VariableName {
  return (variableNames as readonly string[]).includes(name);
}
