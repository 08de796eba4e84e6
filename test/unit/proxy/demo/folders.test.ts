import { describe, expect, it } from 'vitest';
import { listed } from '../../../../src/proxy/demo/folders.js';

describe('a pattern of LIST (RFC 9051 section 6.3.9)', () => {
  it.each(['*', '%', 'INBOX', 'inbox', 'IN*', '*x', 'I%X', '%*B*%', 'I*N*B*O*X', 'INBOX*', '*INBOX%'])(
    '%s names INBOX',
    (pattern) => {
      expect(listed('LIST', '', pattern)).toEqual(['* LIST (\\HasNoChildren) "/" INBOX']);
      expect(listed('LSUB', pattern.slice(0, 1), pattern.slice(1) || '*')).toHaveLength(1);
    },
  );

  it.each([
    'INBO',
    'INBOXX',
    'I*I',
    'IN*NBOX',
    '*BOX*BOX',
    'x*',
    'INBOX/%',
    '%Z%',
    '*'.repeat(4000) + 'Z'.repeat(4000),
  ])('%.20s does not', (pattern) => {
    expect(listed('LIST', '', pattern)).toEqual([]);
  });
});
