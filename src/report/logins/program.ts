import type { Recognition } from '../../model/index.js';
import { escapeText, jsonText } from '../escape.js';

/** Client names that are written out. */
const NAMES = 3;

/** Rungs from which on an answer names a TLS library, never a client. */
const FAMILY_RUNGS: ReadonlySet<string> = new Set(['stack', 'nearest']);

const distinct = (values: readonly string[]): string[] => [...new Set(values)];

function programOf({ rung, score, family, candidates }: Recognition): string {
  if (rung === 'none') return '';
  if (FAMILY_RUNGS.has(rung)) {
    const sure = rung === 'nearest' ? ` ${score.toFixed(2)}` : '';
    return `like ${family ?? distinct(candidates.map(({ label }) => label.client))[0] ?? '?'} [${rung}${sure}]`;
  }
  const clients = distinct(candidates.map(({ label }) => label.client));
  const only = candidates.length === 1 ? candidates[0]!.label.version : '';
  const more = clients.length > NAMES ? ` … +${clients.length - NAMES}` : '';
  return `${clients.slice(0, NAMES).join(', ')}${only && ` ${only}`}${more}${family === null ? '' : ` · ${family}`} [${rung}]`;
}

// One fingerprint has one recognition, found again and again: its texts are made once.
const texts = new WeakMap<Recognition, string>();
const jsons = new WeakMap<Recognition, string>();

/** In a few words: `Mutt, neomutt … +9 · GnuTLS [ssl_ja3]`, `like NSS [nearest 0.93]`. Empty where nothing is known. */
export function programText(recognition: Recognition | null): string {
  if (recognition === null) return '';
  let text = texts.get(recognition);
  if (text === undefined) {
    text = escapeText(programOf(recognition));
    texts.set(recognition, text);
  }
  return text;
}

/** Members of a JSON object, without its braces: rung, score, confidence, family, labels. */
export function recognitionJson(recognition: Recognition | null): string {
  if (recognition === null) return '"rung":null,"score":null,"confidence":null,"family":null,"labels":[]';
  let json = jsons.get(recognition);
  if (json === undefined) {
    const { rung, score, confidence, family, candidates } = recognition;
    const labels = candidates.map(
      ({ label, share }) =>
        `{"client":${jsonText(label.client)},"version":${jsonText(label.version)},"tls_library":${jsonText(label.tlsLibrary)},` +
        `"source":${jsonText(label.source)},"via":"${label.view}","share":${rounded(share)}}`,
    );
    json =
      `"rung":"${rung}","score":${rounded(score)},"confidence":${confidence === null ? 'null' : rounded(confidence)},` +
      `"family":${family === null ? 'null' : jsonText(family)},"labels":[${labels.join(',')}]`;
    jsons.set(recognition, json);
  }
  return json;
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
