import { loadConfig } from '../base/config.ts';
import { releaseMemory } from '../base/memory.ts';
import { ServerConfig } from '../server/config.ts';
import { leaveWithin } from '../server/ending.ts';
import { endOfProcess, greeting } from '../server/greeting.ts';
import { type RunningServer, startServer } from '../server/main.ts';

export interface UpFlags {
  readonly data?: string;
  readonly config?: string;
}

/** Longest that this process may live on when its start has failed, and when it was told to end: container runtimes kill
 *  after ten seconds. */
const FAILED_MS = 1_000;
const ENDING_MS = 9_000;

/** Runs the server until a signal ends it. */
export async function up(flags: UpFlags): Promise<void> {
  const given = loadConfig(ServerConfig, flags.config);
  const config = flags.data === undefined ? given : { ...given, data: flags.data };
  const ended = endOfProcess();
  const server = await started(config, ended);
  console.log(`${greeting(server, config).join('\n')}\n\nCtrl-C ends it.`);
  // Nobody waits for it, and where the end comes first there is nothing to release.
  void server
    .settle()
    .then(() => releaseMemory())
    .catch(() => undefined);
  await ended;
  console.error('\nEnding ...');
  leaveWithin(ENDING_MS);
  await server.close();
}

/** A start waits for others, such as a database, and cannot be told to stop: whoever ends it ends the process, as a kill
 *  would, which nothing is lost by. */
async function started(config: ServerConfig, ended: Promise<void>): Promise<RunningServer> {
  let hasStarted = false;
  void ended.then(() => {
    if (hasStarted) return;
    console.error('\nEnded before it had started.');
    process.exit();
  });
  try {
    const server = await startServer(config);
    hasStarted = true;
    return server;
  } catch (thrown) {
    leaveWithin(FAILED_MS);
    throw thrown;
  }
}
