import { z } from 'zod';
import { checked, expects, list, mapping, name, text } from '../../schema/pieces.js';
import { MAX_MESSAGE, MAX_RULES, MAX_UNLESS } from '../limits.js';
import { conditions } from './conditions.js';
import { seconds, yesOrNo } from './pieces.js';

const ACTION = 'log, reject, tarpit with a time, or reject with a message';

/**
 * Printable ASCII: IMAP and SMTP know no other in an answer (RFC 3501 section 9 `text`, RFC 5321 section 4.2), and a line end would begin another one.
 * `yes` and `no` are switches everywhere else: whoever writes `reject: no` does not mean to refuse with that word.
 */
const message = () =>
  checked(
    `a message of up to ${MAX_MESSAGE} printable ASCII characters (without a message: then: reject)`,
    (value) =>
      /^[\x20-\x7e]+$/.test(value) &&
      value.length <= MAX_MESSAGE &&
      value.trim() !== '' &&
      !/^(?:yes|no|on|off)$/i.test(value.trim()),
  );

const then = () =>
  z.union(
    [
      text(ACTION, (value) => (value === 'log' || value === 'reject' ? value : null)).meta({ enum: ['log', 'reject'] }),
      mapping({
        tarpit: seconds('1s', '10m').optional().describe('The login waits so long before its password is tried.'),
        reject: message().optional().describe('The login is refused, and the client is told this.'),
      }),
    ],
    expects(ACTION),
  );

export const rule = () =>
  mapping({
    name: name("a rule's name").describe('For log lines and explanations. No two rules have the same.'),
    when: conditions().prefault({}).describe('All of this must hold. Without it: every login.'),
    unless: list(conditions(), 'conditions')
      .max(MAX_UNLESS, expects(`${MAX_UNLESS} exemptions at most`))
      .prefault([])
      .describe('Exemptions: whoever one of these fits, with all that stands in it, is left to the rules below.'),
    // biome-ignore lint/suspicious/noThenProperty: the word that operators read; no function is ever behind it
    then: then().describe(
      'What is done: log (the verdict is written, and no rule below asked), tarpit, or reject with the usual words.',
    ),
    enforce: yesOrNo().optional().describe('Whether it is done, or only written. Without it: as for the whole file.'),
    although_uncertain: yesOrNo()
      .prefault(false)
      .describe(
        'Says a second time that clients may be refused on a guess: needed where a denial names them by less than an exact fingerprint.',
      ),
  });

export type RuleEntry = z.output<ReturnType<typeof rule>>;

export const rules = () =>
  list(rule(), 'rules')
    .max(MAX_RULES, expects(`${MAX_RULES} rules at most`))
    .prefault([])
    .describe('The first that fits counts.');
