import { ascii } from './ascii.js';

/** What a string of the JA3 family says, before GREASE is left out. */
export interface Ja3Fields {
  readonly version: number;
  readonly ciphers: readonly number[];
  readonly extensionTypes: readonly number[];
  /** null, like an empty list, is an empty field. */
  readonly groups: readonly number[] | null;
  readonly pointFormats: readonly number[] | null;
  /** Keep GREASE among the ciphers. */
  readonly greaseCiphers: boolean;
}

const NONE: readonly number[] = [];

/** `version,ciphers,extensions,groups,point_formats`: decimal, each list joined by `-`. GREASE is left out of extensions and groups. */
export function ja3String(fields: Ja3Fields): string {
  const { ciphers, extensionTypes } = fields;
  const groups = fields.groups ?? NONE;
  const pointFormats = fields.pointFormats ?? NONE;
  // Five digits and a separator each.
  ascii.begin(6 * (ciphers.length + extensionTypes.length + groups.length + pointFormats.length + 5));
  ascii.decimals([fields.version], true);
  ascii.comma();
  ascii.decimals(ciphers, fields.greaseCiphers);
  ascii.comma();
  ascii.decimals(extensionTypes, false);
  ascii.comma();
  ascii.decimals(groups, false);
  ascii.comma();
  ascii.decimals(pointFormats, true);
  return ascii.end();
}
