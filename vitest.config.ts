import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,test,sdk,examples,scripts}/**/*.test.ts', 'web/src/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/*.interop.test.ts'],
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
