import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real programs and whole capture sets take their time on two cores; nothing asserts a duration.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The first names what was skipped, and why; the second is vitest's own.
    reporters: ['./scripts/tell-skipped.ts', 'default'],
  },
});
