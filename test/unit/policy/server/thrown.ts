import { SensorError } from '../../../../src/errors.js';

/** The error that is thrown for bad input. */
export function thrown(run: () => unknown): SensorError {
  try {
    run();
  } catch (error) {
    if (error instanceof SensorError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
