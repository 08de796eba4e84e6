import type { DeviceRow, HeardLogin, UserClientRow, UserNetworkRow } from '../../../model/index.js';
import type { SeenClient } from '../../../policy/index.js';
import type { Store } from '../../../store/index.js';

/** What the database knows by now of those who are in a login. */
export interface KnownNow {
  /** Of the user, the longest known first. The login's own is one, however many keys it has had. */
  readonly clients: readonly UserClientRow[];
  /** The one of these that the login is with; null: the user never logged in with it. */
  readonly own: UserClientRow | null;
  readonly networks: readonly UserNetworkRow[];
  /** Of the client, by all its keys; null: it was never told how a login of it ended. */
  readonly device: DeviceRow | null;
}

/** @param seen what the login's views tell of the client by now */
export function knownNow(
  policy: Pick<Store['policy'], 'userClients' | 'userNetworks' | 'devices'>,
  { userKey, device }: Pick<HeardLogin, 'userKey' | 'device'>,
  { device: now, aliases }: SeenClient,
): KnownNow {
  const keys = new Set([device, now, ...aliases]);
  const isOwn = (row: Counted): boolean => keys.has(row.device);
  const clients = ofUser(policy.userClients(), userKey);
  const own = inOne(clients.filter(isOwn), device);
  const others = clients.filter((row) => !isOwn(row));
  const rows = [...matching(policy.devices(), isOwn)];
  const whole = inOne(rows, device);
  return {
    clients: own === null ? others : longestKnownFirst([own, ...others]),
    own,
    networks: ofUser(policy.userNetworks(), userKey),
    device: whole && { ...whole, failed: rows.reduce((sum, { failed }) => sum + failed, 0) },
  };
}

interface Counted {
  readonly device: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly succeeded: number;
}

/** Rows about one client as one, under the key that the login was stored with. null: there are none. */
function inOne<Row extends Counted>(rows: readonly Row[], device: string | null): Row | null {
  const [first] = rows;
  if (first === undefined) return null;
  return {
    ...first,
    device: device ?? first.device,
    firstSeen: Math.min(...rows.map(({ firstSeen }) => firstSeen)),
    lastSeen: Math.max(...rows.map(({ lastSeen }) => lastSeen)),
    succeeded: rows.reduce((sum, { succeeded }) => sum + succeeded, 0),
  };
}

interface OfUser {
  readonly userKey: string;
  readonly firstSeen: number;
}

function ofUser<Row extends OfUser>(rows: Iterable<Row>, userKey: string | null): readonly Row[] {
  return userKey === null ? [] : longestKnownFirst([...matching(rows, (row) => row.userKey === userKey)]);
}

function longestKnownFirst<Row extends OfUser>(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => a.firstSeen - b.firstSeen);
}

function* matching<Row>(rows: Iterable<Row>, fits: (row: Row) => boolean): Generator<Row> {
  for (const row of rows) if (fits(row)) yield row;
}
