import { run } from './run.ts';

/** `npm run check`: types, lint and format, unit tests; stops at the first that fails. Tests that start
 *  servers and processes are left to `npm test`. */
const SLOW = ['src/cli/cli.test.ts', 'src/estate/store/**', 'src/server/**'].flatMap((path) => [
  '--exclude',
  path,
]);
const STEPS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['types', 'node_modules/.bin/tsc', '-p', '.'],
  ['types of the console', 'node_modules/.bin/tsc', '-p', 'web'],
  ['lint and format', 'node_modules/.bin/biome', 'check', '--error-on-warnings', '.'],
  [
    'unit tests',
    process.execPath,
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=dot',
    ...SLOW,
    'src',
  ],
];

for (const [name, command, ...args] of STEPS) {
  console.log(`${name} ...`);
  const status = await run(command, args);
  if (status !== 0) {
    console.error(`${name} failed`);
    process.exit(status);
  }
}
