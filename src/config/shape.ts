import type { Draft } from './draft.js';
import { type JsonSchema, tellIssues } from './issues.js';
import type { Report } from './report.js';
import { type BackendEntry, backendSchema, listenerSchema, proxyJsonSchema, proxySchema } from './schema/index.js';

/** Reads the shape of a file: what is wrong is reported, and what is right given back. */
export function readShape(value: unknown, report: Report): Draft {
  const whole = proxySchema.safeParse(value);
  if (whole.success) {
    const { listeners, backends, ...root } = whole.data;
    return { root, listeners, backends: new Map(Object.entries(backends)) };
  }
  tellIssues(whole.error.issues, { value, schema: proxyJsonSchema() as JsonSchema, report });
  return salvage(value);
}

/** What of a file has the right shape although the whole has not. */
function salvage(value: unknown): Draft {
  const source = asRecord(value);
  const root: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(proxySchema.shape)) {
    const parsed = schema.safeParse(source[key]);
    if (parsed.success && key !== 'listeners' && key !== 'backends') root[key] = parsed.data;
  }
  const listener = listenerSchema();
  const backend = backendSchema();
  const listeners = Array.isArray(source.listeners) ? (source.listeners as unknown[]) : [];
  const backends = Object.entries(asRecord(source.backends)).map(([name, each]): [string, BackendEntry | null] => [
    name,
    backend.safeParse(each).data ?? null,
  ]);
  return {
    root,
    listeners: listeners.map((each) => listener.safeParse(each).data ?? null),
    backends: new Map(backends),
  };
}

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
