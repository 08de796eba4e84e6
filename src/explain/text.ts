import { againstText } from './against-text.js';
import { differenceText, fingerprintsText } from './fingerprint-text.js';
import { helloText, listsText } from './hello-text.js';
import { type Look, wrapped } from './look.js';
import { recognitionText } from './recognition-text.js';
import type { ExplainedPlace, Explanation } from './types.js';

export type { Look } from './look.js';

/** An explanation as text for people. */
export function explanationText(explanation: Explanation, look: Look): string {
  const { place, hello, lists, against, recognition, kind } = explanation;
  const sections = [
    place === null ? '' : placeText(place, look),
    hello === null ? '' : helloText(hello, look),
    lists === null ? '' : listsText(lists, look),
    fingerprintsText(explanation, look),
    wrapped(differenceText(explanation), look),
    kind === 'hello' ? '' : wrapped(STRING_ONLY, look),
    recognition === null ? '' : recognitionText(recognition, look),
    against === null ? '' : againstText(against, explanation, look),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

const STRING_ONLY =
  'From a string alone: GREASE that a tool had left out cannot be put back, and ssl_ja3 keeps it among the cipher suites; so ssl_ja3 is right for clients ' +
  'without GREASE only. If this string is itself a ssl_ja3, the ja3 of the client does not follow from it: what OpenSSL hid is not in it.';

function placeText({ file, frame, src, dst, starttls, retry }: ExplainedPlace, look: Look): string {
  const after = starttls === null ? '' : ` after STARTTLS (${starttls})`;
  const second = retry ? ', the second hello, after a HelloRetryRequest' : '';
  return `${look.escape(file)}, frame ${frame}: ${src} > ${dst}${after}${second}\n`;
}
