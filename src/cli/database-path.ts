import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where the database lies if nothing else is said: the XDG data folder, `~/.local/share` where XDG_DATA_HOME is not set (a relative one counts as not
 * set: XDG Base Directory Specification).
 */
export function defaultDatabasePath(environment: NodeJS.ProcessEnv = process.env): string {
  const data = environment.XDG_DATA_HOME;
  const folder = data && isAbsolute(data) ? data : join(homedir(), '.local', 'share');
  return join(folder, 'ja3-sensor', 'ja3-sensor.db');
}
