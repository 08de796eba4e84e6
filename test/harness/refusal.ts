import { SensorError } from '../../src/errors.js';

/** Code, field and offset of the SensorError that `action` throws. Anything else thrown, or nothing, fails the test. */
export function refusal(action: () => unknown): Pick<SensorError, 'code' | 'field' | 'offset'> {
  try {
    action();
  } catch (error) {
    if (error instanceof SensorError) return { code: error.code, field: error.field, offset: error.offset };
    throw error;
  }
  throw new Error('nothing was thrown');
}
