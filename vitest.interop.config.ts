import { defineConfig } from 'vitest/config';

/** Tests against real peers that a registry brings: each installs its own and says what it skips. */
export default defineConfig({
  test: {
    include: ['{src,test}/**/*.interop.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 300_000,
    hookTimeout: 900_000,
    fileParallelism: false,
    expect: { poll: { timeout: 30_000 } },
  },
});
