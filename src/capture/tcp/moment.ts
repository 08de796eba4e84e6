import type { Timestamp } from '../../model/index.js';

/** Which packet of the capture, and when. */
export interface Moment {
  readonly frame: number;
  readonly timestamp: Timestamp;
}
