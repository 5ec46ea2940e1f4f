import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,test,sdk,examples,scripts}/**/*.test.ts', 'web/src/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/*.interop.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    // The files that one process runs share its modules: to load them for each took half of the time.
    // So whatever a test changes for all is put back: variables and spies here, clocks by itself.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    maxWorkers: '100%',
    // Only what hangs takes this long, on a busy machine too.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
