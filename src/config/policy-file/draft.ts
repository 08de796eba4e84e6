import { type JsonSchema, tellIssues } from '../issues.js';
import type { Report } from '../report.js';
import { asRecord } from '../shape.js';
import { type PolicyFileEntry, policyJsonSchema, policySchema, type RuleEntry, ruleSchema } from './schema/index.js';

/** A policy file as far as it can be read: what has a wrong shape is null or missing, so that all that is wrong is said at once. */
export interface PolicyDraft {
  readonly root: Partial<Omit<PolicyFileEntry, 'rules'>>;
  readonly rules: readonly (RuleEntry | null)[];
}

/** Reads the shape of a file: what is wrong is reported, and what is right given back. */
export function readPolicyShape(value: unknown, report: Report): PolicyDraft {
  const whole = policySchema.safeParse(value);
  if (whole.success) {
    const { rules, ...root } = whole.data;
    return { root, rules };
  }
  tellIssues(whole.error.issues, { value, schema: policyJsonSchema() as JsonSchema, report });
  const source = asRecord(value);
  const root: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(policySchema.shape)) {
    const parsed = schema.safeParse(source[key]);
    if (parsed.success && key !== 'rules') root[key] = parsed.data;
  }
  const rule = ruleSchema();
  const rules = Array.isArray(source.rules) ? (source.rules as unknown[]) : [];
  return { root, rules: rules.map((each) => rule.safeParse(each).data ?? null) };
}
