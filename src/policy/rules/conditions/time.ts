import { type Check, evidence } from '../check.js';
import type { TimeCondition } from '../model.js';

const MINUTE = 60_000;
const MINUTES_OF_DAY = 1440;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** A stretch over midnight belongs to the day it begins on: Friday 22:00 to 06:00 takes in Saturday at 5, and not Friday at 5. */
export function time({ days, between, utcOffset }: TimeCondition): Check {
  const wanted = new Set(days);
  return ({ login }) => {
    const clock = new Date(login.time + utcOffset * MINUTE);
    const today = clock.getUTCDay();
    const minute = clock.getUTCHours() * 60 + clock.getUTCMinutes();
    const began = between === null ? today : dayItBegan(today, minute, between);
    if (began === null || (wanted.size > 0 && !wanted.has(began))) return null;
    return evidence('time', `${DAYS[today]} ${two(clock.getUTCHours())}:${two(clock.getUTCMinutes())}`);
  };
}

/** @returns null outside of the stretch */
function dayItBegan(today: number, minute: number, { from, to }: { from: number; to: number }): number | null {
  if (from < to) return minute >= from && minute < to ? today : null;
  if (minute >= from && from < MINUTES_OF_DAY) return today;
  return minute < to ? (today + DAYS.length - 1) % DAYS.length : null;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
