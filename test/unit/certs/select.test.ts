import { describe, expect, it } from 'vitest';
import { selectCertificate } from '../../../src/certs/index.js';

const entries = [
  { names: ['mail.example.org'] },
  { names: ['*.example.net', 'example.net'] },
  { names: ['imap.example.net'] },
  { names: ['mail.example.org'] },
];

describe('selectCertificate', () => {
  // The rules of RFC 9525 section 6.3: a wildcard is for one whole label, the left-most.
  it.each([
    ['mail.example.org', 0],
    ['MAIL.Example.ORG', 0],
    ['mail.example.org.', 0],
    ['imap.example.net', 2],
    ['pop.example.net', 1],
    ['example.net', 1],
    ['a.b.example.net', 0],
    ['.example.net', 0],
    ['unknown.example', 0],
    ['localhost', 0],
    ['', 0],
    ['*.example.net', 1],
    [null, 0],
  ])('for %s takes number %i', (name, index) => {
    expect(selectCertificate(entries, name)).toBe(entries[index]);
  });

  it('gives null where there is nothing to choose from', () => {
    expect(selectCertificate([], 'mail.example.org')).toBeNull();
  });
});
