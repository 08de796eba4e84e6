import { list, mapping, text } from '../../schema/pieces.js';

/** As Date.getUTCDay numbers them. */
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** `mon` is [1], `fri-mon` [5, 6, 0, 1]. */
function daysOf(value: string): readonly number[] | null {
  const [from, to, ...more] = value
    .toLowerCase()
    .split('-')
    .map((name) => DAYS.indexOf(name as (typeof DAYS)[number]));
  if (from === undefined || from < 0 || to === -1 || more.length > 0) return null;
  const length = to === undefined ? 1 : ((to - from + 7) % 7) + 1;
  return Array.from({ length }, (_, i) => (from + i) % 7);
}

/** `22:30` in minutes; 24:00 is midnight. */
function minutesOf(hour: string, minute: string): number | null {
  const minutes = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && minutes <= 1440 ? minutes : null;
}

const between = () =>
  text('two times such as 22:00-06:00 that differ', (value) => {
    const match = /^(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)$/.exec(value);
    if (match === null) return null;
    const from = minutesOf(match[1]!, match[2]!);
    const to = minutesOf(match[3]!, match[4]!);
    if (from === null || to === null || from === 1440 || from === to % 1440) return null;
    return { from, to };
  });

/** No clock on earth is further off than 14 hours. */
const offset = () =>
  text('a difference from UTC such as "+01:00"', (value) => {
    const match = /^([+-])(\d\d):(\d\d)$/.exec(value);
    if (match === null || Number(match[3]) > 59) return null;
    const minutes = Number(match[2]) * 60 + Number(match[3]);
    if (minutes > 14 * 60) return null;
    return { minutes: match[1] === '-' && minutes > 0 ? -minutes : minutes };
  }).transform(({ minutes }) => minutes);

export const time = () =>
  mapping({
    days: list(text('a day such as mon, or days such as mon-fri', daysOf), 'days')
      .min(1, { error: () => 'at least one day' })
      .transform((days) => [...new Set(days.flat())].sort((a, b) => a - b))
      .optional()
      .describe('Days of the week: mon, tue, wed, thu, fri, sat, sun, or several as mon-fri. Without it: every day.'),
    between: between()
      .optional()
      .describe(
        'From when to when, 22:00-06:00; what goes over midnight belongs to the day it begins on. Without it: all day.',
      ),
    utc_offset: offset().prefault('+00:00').describe('How far the clock that is meant is ahead of UTC: "+01:00".'),
  });
