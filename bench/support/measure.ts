import { spawnSync } from 'node:child_process';

export interface Measured {
  readonly seconds: number;
  readonly megabytes: number;
  /** What the first run printed. */
  readonly stdout: string;
}

/** Prints the most memory that a process ever had, in KB, when it ends. */
const TELL_MEMORY = `--import=data:text/javascript,process.on('exit',()=>console.error('RSS='+process.resourceUsage().maxRSS))`;

/** Median wall time of whole processes, and the most memory that any of them had. */
export function measure(command: string, args: readonly string[], count = 5): Measured {
  const runs = Array.from({ length: count }, () => {
    const started = performance.now();
    const result = spawnSync(command, args, {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, NODE_OPTIONS: TELL_MEMORY },
    });
    if (result.status !== 0) {
      throw new Error(`${command} ended with ${result.status}: ${result.stderr}`);
    }
    const peaks = [...result.stderr.matchAll(/RSS=(\d+)/g)].map((match) => Number(match[1]));
    const megabytes = Math.max(...peaks) / 1024;
    return { seconds: (performance.now() - started) / 1000, megabytes, stdout: result.stdout };
  });
  const seconds = runs.map((run) => run.seconds).sort((a, b) => a - b)[count >> 1] ?? 0;
  const megabytes = Math.max(...runs.map((run) => run.megabytes));
  return { seconds, megabytes, stdout: runs[0]?.stdout ?? '' };
}
