import type { HeardLogin, PolicyBatch } from '../../model/index.js';
import { ROW_BYTES, textOfValues } from './sizes.js';

/** Rows of a batch, of all kinds. */
export function policyRowsOf(batch: PolicyBatch): number {
  return Object.values(batch).reduce((sum, rows: readonly unknown[]) => sum + rows.length, 0);
}

/** About how many bytes it holds. */
export function policyBytesOf(batch: PolicyBatch): number {
  const heard = batch.heard.reduce((sum, row) => sum + heardBytes(row), 0);
  const listed = batch.listed.reduce((sum, { reason, login }) => sum + reason.length + (login?.length ?? 0), 0);
  return policyRowsOf(batch) * ROW_BYTES + heard + listed;
}

function heardBytes({ views, clientId, evidence, sni }: HeardLogin): number {
  const pairs = clientId?.reduce((sum, [name, value]) => sum + name.length + (value?.length ?? 0), 0) ?? 0;
  const found = evidence.reduce((sum, one) => sum + one.condition.length + String(one.found).length, 0);
  return textOfValues(Object.values(views)) + pairs + found + (sni?.length ?? 0);
}

/** Batches in order, those together that may be written as one: what is put on a list and taken off again keeps its order. */
export function joined(batches: readonly PolicyBatch[]): readonly PolicyBatch[] {
  const found: PolicyBatch[][] = [];
  for (const batch of batches) {
    const before = found.at(-1);
    if (before === undefined || changesLists(batch) || changesLists(before.at(-1)!)) found.push([batch]);
    else before.push(batch);
  }
  return found.map((together) => (together.length === 1 ? together[0]! : concatenated(together)));
}

const changesLists = ({ listed, unlisted }: PolicyBatch): boolean => listed.length + unlisted.length > 0;

function concatenated(batches: readonly PolicyBatch[]): PolicyBatch {
  return {
    heard: batches.flatMap(({ heard }) => heard),
    userClients: batches.flatMap(({ userClients }) => userClients),
    userNetworks: batches.flatMap(({ userNetworks }) => userNetworks),
    devices: batches.flatMap(({ devices }) => devices),
    usual: batches.flatMap(({ usual }) => usual),
    listed: [],
    unlisted: [],
  };
}
