import { SensorError } from '../errors.js';
import { type Ja3Lists, MAX_JA3_LIST } from '../fingerprint/index.js';

/** supported_groups (RFC 8422 section 5.1.1) and ec_point_formats (section 5.1.2), as four hex digits. */
const GROUPS = '000a';
const POINT_FORMATS = '000b';

/**
 * The lists a JA3 is made of, from cisco's notation (mercury, doc/npf.md): `(version)(ciphers)((extension)(extension)…)` in hex, with or without `tls/`
 * before it. An extension has its type, and where mercury keeps it its length and content: it does for groups and point formats. GREASE is 0a0a whatever
 * was sent; a JA3 leaves it out anyway.
 *
 * @throws SensorError `npf_sorted`: `tls/1` and `tls/2` have sorted extensions, and a JA3 needs their order; `npf_protocol`: not of TLS; `bad_string`
 */
export function ja3ListsOfNpf(text: string): Ja3Lists {
  if (/^tls\/\d/.test(text)) throw new SensorError('npf_sorted', 'str_repr', 0, 'has lost the order of its extensions');
  if (/^[a-z]/.test(text) && !text.startsWith('tls/')) {
    throw new SensorError('npf_protocol', 'str_repr', 0, 'is not of TLS over TCP');
  }
  const start = text.startsWith('tls/') ? 4 : 0;
  const match = /^\(([0-9a-f]{4})\)\(([0-9a-f]*)\)(?:\(((?:\([0-9a-f]+\))*)\))?$/.exec(text.slice(start));
  if (match === null) throw malformed('is no fingerprint in this notation');
  const extensions = match[3] === undefined || match[3] === '' ? [] : match[3].slice(1, -1).split(')(');
  // Of duplicates the last one counts, as in ja3.py.
  const groups = extensions.findLast((extension) => extension.startsWith(GROUPS));
  const pointFormats = extensions.findLast((extension) => extension.startsWith(POINT_FORMATS));
  return {
    version: Number.parseInt(match[1]!, 16),
    cipherSuites: numbers(match[2]!, 4),
    extensions: bounded(
      extensions.map((extension) => {
        if (extension.length < 4) throw malformed('an extension without a type');
        return Number.parseInt(extension.slice(0, 4), 16);
      }),
    ),
    supportedGroups: groups === undefined ? [] : contents(groups, 4),
    ecPointFormats: pointFormats === undefined ? [] : contents(pointFormats, 2),
  };
}

/** The list in an extension: its type, its length, the length of the list in `digits` digits, and as many for each member. */
function contents(extension: string, digits: 2 | 4): number[] {
  const list = extension.slice(8 + digits);
  const length = Number.parseInt(extension.slice(4, 8), 16);
  const listLength = Number.parseInt(extension.slice(8, 8 + digits), 16);
  if (length * 2 !== extension.length - 8 || listLength * 2 !== list.length) {
    throw malformed(`extension ${extension.slice(0, 4)} has other lengths than it says`);
  }
  return numbers(list, digits);
}

function numbers(hex: string, digits: 2 | 4): number[] {
  if (hex.length % digits !== 0) throw malformed('a list with half a member');
  const list: number[] = [];
  for (let at = 0; at < hex.length; at += digits) list.push(Number.parseInt(hex.slice(at, at + digits), 16));
  return bounded(list);
}

function bounded(list: number[]): number[] {
  if (list.length > MAX_JA3_LIST) throw malformed('a list that is too long');
  return list;
}

function malformed(what: string): SensorError {
  return new SensorError('bad_string', 'str_repr', 0, what);
}
