import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { logLines, pathFlood } from './support/log-lines.ts';
import { measure } from './support/measure.ts';

/** `reeve discover` on 300,000 lines of JSON of mixed traffic, as a whole process: 4 s and 300 MB at
 *  most; and its memory on ten million distinct paths, from standard input. The peer of the same run is
 *  reading the same file and parsing each line. */
const LINES = 300_000;
const FLOOD = Number(process.env.REEVE_BENCH_PATHS ?? 10_000_000);

const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-discover-'));
try {
  const file = join(folder, 'requests.ndjson');
  await pipeline(Readable.from(logLines(LINES, 7)), createWriteStream(file));
  const parseOnly = `
    import { readFileSync } from 'node:fs';
    let count = 0;
    for (const line of readFileSync('${file}', 'utf8').split('\\n')) {
      if (line !== '' && JSON.parse(line).path) count++;
    }
    console.log(count);`;
  const found = measure('bin/reeve', ['discover', file, '--format', 'ndjson']);
  const parsed = measure(process.execPath, ['--input-type=module', '-e', parseOnly]);
  const endpoints = found.stdout.trim().split('\n').length;
  const size = (statSync(file).size / 1024 / 1024).toFixed(0);
  console.log(
    `${LINES.toLocaleString('en-US')} lines, ${size} MB: ${endpoints} endpoints of ${new Set(found.stdout.match(/(?<="service":")[^"]+/g)).size} services`,
  );
  console.log(
    `discover    median ${found.seconds.toFixed(2)} s, ${found.megabytes.toFixed(0)} MB at most (figure: 4 s, 300 MB)`,
  );
  console.log(
    `parse only  median ${parsed.seconds.toFixed(2)} s, ${parsed.megabytes.toFixed(0)} MB; discover / parse only = ${(found.seconds / parsed.seconds).toFixed(1)}`,
  );
  const flood = await discoverFlood();
  console.log(
    `${FLOOD.toLocaleString('en-US')} distinct paths from standard input: ${flood.seconds.toFixed(1)} s, ${flood.megabytes.toFixed(0)} MB at most (figure: 300 MB)`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Streams paths that never come twice into one process. */
async function discoverFlood(): Promise<{ seconds: number; megabytes: number }> {
  const started = performance.now();
  const child = spawn('bin/reeve', ['discover', '-', '--format', 'ndjson'], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: {
      ...process.env,
      NODE_OPTIONS: `--import=data:text/javascript,process.on('exit',()=>console.error('RSS='+process.resourceUsage().maxRSS))`,
    },
  });
  let told = '';
  child.stderr.on('data', (text) => {
    told = `${told}${text}`.slice(-1_000);
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await pipeline(Readable.from(pathFlood(FLOOD, 7)), child.stdin);
  const status = await ended;
  if (status !== 0) throw new Error(`reeve discover ended with ${status}: ${told}`);
  const kilobytes = Number(/RSS=(\d+)/.exec(told)?.[1]);
  return { seconds: (performance.now() - started) / 1_000, megabytes: kilobytes / 1_024 };
}
