import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../src/base/fault.ts';

/** Where a running example is, for whoever plays with it: in its data folder, for its own user alone. The token itself is
 *  not in it. */
const ExampleFile = z.strictObject({
  /** `http://127.0.0.1:PORT` of the shop's front. */
  webUrl: z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ }),
  /** Of Reeve's API. */
  origin: z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ }),
  /** The file with the administrator's token. */
  tokenFile: z.string().min(1),
});
export type ExampleFile = z.infer<typeof ExampleFile>;

export const EXAMPLE_PREFIX = 'reeve-example-';
const NAME = 'example.json';
const MAX_BYTES = 10_000;
const REACHABLE_MS = 2_000;

export function writeExampleFile(folder: string, example: ExampleFile): void {
  writeFileSync(join(folder, NAME), `${JSON.stringify(example, null, 2)}\n`, { mode: 0o600 });
}

/** The example in a data folder, or the one that was started last and answers.
 *  @param folder undefined: it is looked for where `npm start` puts its data
 *  @throws {Fault} `example/not-running` */
export async function findExample(folder?: string): Promise<ExampleFile> {
  for (const example of folder === undefined ? newestFirst() : [readExample(folder)]) {
    if (example && (await answers(example))) return example;
  }
  const where = folder === undefined ? 'no example' : `no example with the data folder ${folder}`;
  throw new Fault('example/not-running', `${where} runs on this machine`, {
    hint: 'start it with `npm start`, and play in another terminal',
  });
}

function newestFirst(): readonly (ExampleFile | undefined)[] {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(EXAMPLE_PREFIX));
  return folders
    .map((name) => join(tmpdir(), name))
    .map((path) => ({ path, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at)
    .map(({ path }) => readExample(path));
}

/** Undefined where there is none, or where another user wrote it: his words would be given a token. */
function readExample(folder: string): ExampleFile | undefined {
  try {
    const file = join(folder, NAME);
    const { uid, size } = statSync(file);
    if (uid !== (process.geteuid?.() ?? uid) || size > MAX_BYTES) return undefined;
    return ExampleFile.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

async function answers({ webUrl }: ExampleFile): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(REACHABLE_MS);
    const response = await fetch(`${webUrl}/healthz`, { signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
