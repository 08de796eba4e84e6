import type { Explanation } from './types.js';

/** Writes a text as JSON, safe to look at on a terminal. */
export type JsonText = (text: string) => string;

/** An explanation as one line of JSON. Keys are those of the data, in snake_case. */
export function explanationJson(explanation: Explanation, jsonText: JsonText): string {
  return json(explanation, jsonText);
}

function json(value: unknown, jsonText: JsonText): string {
  if (typeof value === 'string') return jsonText(value);
  if (Array.isArray(value)) return `[${value.map((item) => json(item, jsonText)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([key, member]) => `"${snake(key)}":${json(member, jsonText)}`);
  return `{${members.join(',')}}`;
}

/** `sslJa3Differs`: `ssl_ja3_differs`. The keys of an extension's content are so already. */
function snake(key: string): string {
  return key.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
