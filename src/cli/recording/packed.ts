import type {
  DeviceRow,
  HeardLogin,
  KnownValue,
  PolicyBatch,
  ToldViews,
  UserClientRow,
  UserNetworkRow,
  UsualRow,
} from '../../model/index.js';

/** Rows one after the other, each as many cells. Copied to another thread they take half the time that objects take, whose names go with each of them. */
type Cells = readonly unknown[];

/** A batch on its way to another thread. Nothing in it is computed when it is read: such members would stay behind. */
export interface PackedBatch extends Pick<PolicyBatch, 'listed' | 'unlisted'> {
  readonly heard: Cells;
  readonly userClients: Cells;
  readonly userNetworks: Cells;
  readonly devices: Cells;
  readonly usual: Cells;
}

type Names<Row> = readonly (keyof Row & string)[];

/** A type error tells of a member without a place. */
function all<Row>() {
  return <const N extends Names<Row>>(names: [keyof Row] extends [N[number]] ? N : never): Names<Row> => names;
}

const HEARD = all<Omit<HeardLogin, 'views'>>()([
  'time',
  'session',
  'userKey',
  'remote',
  'protocol',
  'port',
  'sni',
  'mechanism',
  'tls',
  'tlsVersion',
  'clientId',
  'device',
  'outcome',
  'effect',
  'ignored',
  'source',
  'rule',
  'evidence',
]);
const VIEWS = all<ToldViews>()(['ja3', 'ja3n', 'sslJa3', 'ja4']);
const USER_CLIENTS = all<UserClientRow>()(['userKey', 'device', 'firstSeen', 'lastSeen', 'succeeded']);
const USER_NETWORKS = all<UserNetworkRow>()(['userKey', 'network', 'firstSeen', 'lastSeen', 'succeeded']);
const DEVICES = all<DeviceRow>()(['device', 'firstSeen', 'lastSeen', 'succeeded', 'failed']);
const USUAL = all<UsualRow>()(['counter', 'key', 'usual', 'learned', 'since', 'peak', 'peakFrom']);

export function pack({ heard, userClients, userNetworks, devices, usual, listed, unlisted }: PolicyBatch): PackedBatch {
  return {
    heard: packHeard(heard),
    userClients: packRows(userClients, USER_CLIENTS),
    userNetworks: packRows(userNetworks, USER_NETWORKS),
    devices: packRows(devices, DEVICES),
    usual: packRows(usual, USUAL),
    listed,
    unlisted,
  };
}

export function unpack(packed: PackedBatch): PolicyBatch {
  return {
    heard: unpackHeard(packed.heard),
    userClients: unpackRows(packed.userClients, USER_CLIENTS),
    userNetworks: unpackRows(packed.userNetworks, USER_NETWORKS),
    devices: unpackRows(packed.devices, DEVICES),
    usual: unpackRows(packed.usual, USUAL),
    listed: packed.listed,
    unlisted: packed.unlisted,
  };
}

function packRows<Row>(rows: readonly Row[], names: Names<Row>): Cells {
  const cells: unknown[] = [];
  for (const row of rows) for (const name of names) cells.push(row[name]);
  return cells;
}

function unpackRows<Row>(cells: Cells, names: Names<Row>): Row[] {
  const rows: Row[] = [];
  for (let at = 0; at < cells.length; at += names.length) rows.push(rowAt(cells, at, names));
  return rows;
}

function rowAt<Row>(cells: Cells, at: number, names: Names<Row>): Row {
  const row: Partial<Record<keyof Row, unknown>> = {};
  for (let i = 0; i < names.length; i++) row[names[i]!] = cells[at + i];
  return row as Row;
}

/** Of each view the hash and the string; of one that was not told two times nothing. */
function packHeard(rows: readonly HeardLogin[]): Cells {
  const cells: unknown[] = [];
  for (const row of rows) {
    for (const name of HEARD) cells.push(row[name]);
    for (const view of VIEWS) {
      const value = row.views[view];
      cells.push(value?.hash ?? null, value?.string ?? null);
    }
  }
  return cells;
}

function unpackHeard(cells: Cells): HeardLogin[] {
  const rows: HeardLogin[] = [];
  for (let at = 0; at < cells.length; at += HEARD.length + 2 * VIEWS.length) {
    const views: Partial<Record<keyof ToldViews, KnownValue | null>> = {};
    for (let i = 0; i < VIEWS.length; i++) views[VIEWS[i]!] = valueAt(cells, at + HEARD.length + 2 * i);
    rows.push({ ...rowAt<Omit<HeardLogin, 'views'>>(cells, at, HEARD), views: views as ToldViews });
  }
  return rows;
}

function valueAt(cells: Cells, at: number): KnownValue | null {
  const hash = cells[at] as string | null;
  return hash === null ? null : { hash, string: cells[at + 1] as string | null };
}
