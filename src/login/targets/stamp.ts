import type { Timestamp } from '../../model/index.js';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (number: number): string => String(number).padStart(2, '0');

/** The time as Dovecot's log files have it (its `log_timestamp`): `Nov 22 09:05:07`, in the machine's own time. */
export function stamp({ seconds }: Timestamp): string {
  const date = new Date(seconds * 1000);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${months[date.getMonth()]} ${two(date.getDate())} ${clock}`;
}
