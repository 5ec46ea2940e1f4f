/** What tells code that runs in production from tests, examples of generators and copies of others'
 *  work, by path alone: one table for all languages. */

/** Folders anywhere on the way, compared in lower case. */
const FOLDERS = new Set([
  // tests
  'test',
  'tests',
  '__tests__',
  '__mocks__',
  'spec',
  'specs',
  'e2e',
  'cypress',
  'testdata',
  'fixtures',
  'integration-tests',
  // generated
  'dist',
  'build',
  'target',
  'out',
  'generated',
  'genproto',
  '.output',
  'coverage',
  // others' work
  'vendor',
  'third_party',
  'node_modules',
  'site-packages',
]);

/** Endings of generated files and tests. */
const ENDINGS = [
  '.d.ts',
  '.d.mts',
  '.d.cts',
  '.min.js',
  '.bundle.js',
  '.pb.go',
  '.pb.gw.go',
  '_grpc_pb.js',
  '_pb.js',
  '_pb.ts',
  '_connect.ts',
  '_pb2.py',
  '_pb2_grpc.py',
  '_test.go',
  '_test.py',
  'Test.java',
  'Test.kt',
  'Tests.kt',
  'Tests.java',
  'IT.java',
];

/** Names of test files: `cart.spec.ts`, `test_cart.py`. */
const NAMES = [
  /\.(?:test|spec|e2e|stories|mock)\.[cm]?[jt]sx?$/,
  /^test_.*\.py$/,
  /^conftest\.py$/,
];

/** Whether a file is somebody's own production code: no test, nothing generated, nothing vendored. */
export function isProductionSource(path: string): boolean {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  // `src/main/java/com/acme/build/…` is a package, not a build result.
  const source = parts.findLastIndex((part) => part === 'java' || part === 'kotlin');
  const folders = source > 0 && parts[source - 1] === 'main' ? parts.slice(0, source) : parts;
  if (folders.some((folder) => FOLDERS.has(folder.toLowerCase()))) return false;
  if (ENDINGS.some((ending) => name.endsWith(ending))) return false;
  return !NAMES.some((pattern) => pattern.test(name));
}
