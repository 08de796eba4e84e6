import type { TestCase, TestModule, TestSuite } from 'vitest/node';
import type { Reporter } from 'vitest/reporters';

/** What was skipped as a whole, the outermost of it: a suite rather than each of its tests. */
function* skipped(of: TestModule | TestSuite): Generator<TestCase | TestSuite> {
  for (const child of of.children) {
    if (child.type === 'suite') {
      if (child.options.mode === 'skip') yield child;
      else yield* skipped(child);
    } else if (child.result().state === 'skipped') yield child;
  }
}

/**
 * A reporter for vitest beside its own, which counts skipped tests and says no more: their names, which say why. Named first, it prints before the
 * summary.
 */
export default class TellSkipped implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules.flatMap((module) =>
      [...skipped(module)].map((one) => `  ${module.relativeModuleId}: ${one.fullName}`),
    );
    if (lines.length > 0) process.stdout.write(`\nSkipped, and why:\n${lines.join('\n')}\n`);
  }
}
