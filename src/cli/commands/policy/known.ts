import type { DeviceRow, HeardLogin, UserClientRow, UserNetworkRow } from '../../../model/index.js';
import type { Store } from '../../../store/index.js';

/** What the database knows by now of those who are in a login. */
export interface KnownNow {
  /** Of the user, the longest known first. */
  readonly clients: readonly UserClientRow[];
  readonly networks: readonly UserNetworkRow[];
  /** Of the client; null: it was never told how a login of it ended. */
  readonly device: DeviceRow | null;
}

export function knownNow(policy: Store['policy'], { userKey, device }: HeardLogin): KnownNow {
  return {
    clients: ofUser(policy.userClients(), userKey),
    networks: ofUser(policy.userNetworks(), userKey),
    device: device === null ? null : first(policy.devices(), (row) => row.device === device),
  };
}

interface OfUser {
  readonly userKey: string;
  readonly firstSeen: number;
}

function ofUser<Row extends OfUser>(rows: Iterable<Row>, userKey: string | null): readonly Row[] {
  if (userKey === null) return [];
  const found: Row[] = [];
  for (const row of rows) if (row.userKey === userKey) found.push(row);
  return found.sort((a, b) => a.firstSeen - b.firstSeen);
}

function first<Row>(rows: Iterable<Row>, fits: (row: Row) => boolean): Row | null {
  for (const row of rows) if (fits(row)) return row;
  return null;
}
