import { SensorError } from '../../errors.js';
import { deviceKeyOf, listsOfString } from '../../recognize/index.js';
import type { Store, StoredViews } from '../../store/index.js';
import type { RecordedStrings } from './identify.js';
import { FITTING_FINGERPRINTS } from './limits.js';

/** Looks for strings among what the database has recorded. Where it cannot be read, nothing is found. */
export function recordedStrings(store: Pick<Store, 'fingerprints'>): RecordedStrings {
  return (hash) => {
    try {
      const found = store.fingerprints.find(hash, FITTING_FINGERPRINTS).filter(({ views }) => isValueOf(hash, views));
      const devices = new Set(found.map(({ views }) => deviceOf(views)).filter((device) => device !== null));
      const first = found.find(({ views }) => deviceOf(views) !== null);
      return first === undefined || devices.size > 1 ? null : toldViews(first.views);
    } catch (error) {
      if (!(error instanceof SensorError)) throw error;
      return null;
    }
  };
}

const sslJa3Of = ({ sslJa3, sslJa3Logged }: StoredViews) => sslJa3['3.0'] ?? sslJa3Logged ?? sslJa3['3.5'];

function toldViews(views: StoredViews) {
  return { ja3: views.ja3, ja3n: views.ja3n, sslJa3: sslJa3Of(views), ja4: views.ja4 };
}

function deviceOf(views: StoredViews): string | null {
  for (const value of [views.ja3, sslJa3Of(views)]) {
    const lists = value?.string == null ? null : listsOfString(value.string);
    if (lists !== null) return deviceKeyOf(lists);
  }
  return null;
}

/** The store finds what begins so. */
function isValueOf(hash: string, { ja3, ja3n, sslJa3, sslJa3Logged, ja4 }: StoredViews): boolean {
  return [ja3, ja3n, sslJa3['3.0'], sslJa3['3.5'], sslJa3Logged, ja4].some((value) => value?.hash === hash);
}
