import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readLabelFolder } from '../../../../src/lists/index.js';
import { librariesOf } from '../../../../src/policy/rules/index.js';
import { familyOf } from '../../../../src/recognize/index.js';

const labels = readLabelFolder(fileURLToPath(new URL('../../../../db/labels/', import.meta.url)));

describe('TLS libraries of clients', () => {
  // Label names are package names: `claws-mail`.
  const known = labels.map((label) => ({ label, libraries: librariesOf(label.client.replace('-', ' ')) }));

  it('are those that real clients were seen with', () => {
    const met = known.filter(({ libraries }) => libraries !== null);
    expect(new Set(met.map(({ label }) => label.client.toLowerCase()))).toEqual(
      new Set(['claws-mail', 'mutt', 'neomutt', 'offlineimap', 'thunderbird']),
    );
    for (const { label, libraries } of met) {
      expect(libraries, `${label.client} ${label.version}`).toContain(familyOf(label.tlsLibrary));
    }
  });

  it('are not known of a name that says little', () => {
    expect(librariesOf('mail')).toBeNull();
    expect(librariesOf(' iPhone Mail ')).toEqual(librariesOf('iphone mail'));
  });
});
