import { SensorError } from '../../errors.js';
import type { LoginEnd } from '../../model/index.js';
import { MAX_ATTRIBUTE_TEXT, MAX_ATTRIBUTES } from './limits.js';
import { defaultAttributes } from './options.js';
import { parseTemplate, type Template } from './template.js';
import { type Asked, variableValue } from './variables.js';

/** One attribute: the objects it lies in, its name there, and its value's template. */
interface Attribute {
  readonly path: readonly string[];
  readonly leaf: string;
  readonly template: Template;
}

/**
 * The body of requests: Dovecot's `auth_policy_request_attributes`, laid out as its auth-policy.c does.
 *
 * Names are sorted by their bytes. A `/` nests: `attrs/ja3` is `ja3` in the object `attrs`. Of more than one each but the last opens an object, and the value's own name
 * keeps everything behind the first: `other/a/b` is `{"other":{"a":{"a/b":…}}}`. Where Dovecot then closes its objects wrongly (`other/c` behind that gives it broken JSON), this
 * does not.
 */
export class RequestBody {
  readonly #attributes: readonly Attribute[];

  /**
   * @param changes to {@link defaultAttributes}: a template of null takes one out
   * @throws SensorError `policy_setting`
   */
  constructor(changes: Readonly<Record<string, string | null>>) {
    const templates = Object.entries({ ...defaultAttributes, ...changes }).filter(isThere);
    if (templates.length > MAX_ATTRIBUTES) {
      throw new SensorError('policy_setting', 'request_attributes', 0, `more than ${MAX_ATTRIBUTES} attributes`);
    }
    this.#attributes = templates
      .sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
      .map(([name, template]) => ({ ...placeOf(name), template: parseTemplate(name, template) }));
    refuseTwins(this.#attributes);
  }

  /** @param end null: a question; else a report */
  json(asked: Asked, end: LoginEnd | null): string {
    let text = '{';
    let open: readonly string[] = [];
    let isFirst = true;
    for (const { path, leaf, template } of this.#attributes) {
      const shared = sharedLength(open, path);
      text += '}'.repeat(open.length - shared);
      if (!isFirst) text += ',';
      for (const name of path.slice(shared)) text += `${quoted(name)}:{`;
      text += `${quoted(leaf)}:${quoted(expanded(template, asked))}`;
      open = path;
      isFirst = false;
    }
    text += '}'.repeat(open.length);
    if (!isFirst) text += ',';
    if (end !== null) text += `"success":${end.success},"policy_reject":${end.policyReject},`;
    return `${text}"tls":${asked.login.tls}}`;
  }
}

function isThere(entry: [string, string | null]): entry is [string, string] {
  return entry[1] !== null;
}

function placeOf(name: string): { path: readonly string[]; leaf: string } {
  const parts = name.split('/');
  if (name.length > MAX_ATTRIBUTE_TEXT || parts.includes('')) {
    throw new SensorError('policy_setting', name.slice(0, MAX_ATTRIBUTE_TEXT), 0, 'no name for an attribute');
  }
  return { path: parts.slice(0, -1), leaf: name.slice(name.indexOf('/') + 1) };
}

/** One object cannot have a name twice, be it a value, an object, or what is appended to every request. */
function refuseTwins(attributes: readonly Attribute[]): void {
  const [values, objects] = [
    new Set(['success', 'policy_reject', 'tls'].map((name) => JSON.stringify([name]))),
    new Set(),
  ];
  for (const { path, leaf } of attributes) {
    for (let depth = 1; depth <= path.length; depth++) objects.add(JSON.stringify(path.slice(0, depth)));
    const place = JSON.stringify([...path, leaf]);
    if (values.has(place)) throw twin([...path, leaf]);
    values.add(place);
  }
  for (const place of values) if (objects.has(place)) throw twin(JSON.parse(place));
}

function twin(place: readonly string[]): SensorError {
  return new SensorError('policy_setting', place.join('/'), 0, 'a name that is there already');
}

function sharedLength(one: readonly string[], other: readonly string[]): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length++;
  return length;
}

function expanded(template: Template, asked: Asked): string {
  return template.map((piece) => (typeof piece === 'string' ? piece : variableValue(piece.variable, asked))).join('');
}

/** As Dovecot escapes: JSON's own, and the two line ends that JavaScript once could not have in a string. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (end) => (end === '\u2028' ? '\\u2028' : '\\u2029'));
}
