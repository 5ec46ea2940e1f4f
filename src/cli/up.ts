import { loadConfig } from '../base/config.ts';
import { releaseMemory } from '../base/memory.ts';
import { ServerConfig } from '../server/config.ts';
import { endOfProcess, greeting } from '../server/greeting.ts';
import { startServer } from '../server/main.ts';

export interface UpFlags {
  readonly data?: string;
  readonly config?: string;
}

/** Runs the server until a signal ends it. */
export async function up(flags: UpFlags): Promise<void> {
  const given = loadConfig(ServerConfig, flags.config);
  const config = flags.data === undefined ? given : { ...given, data: flags.data };
  const ended = endOfProcess();
  const server = await startServer(config);
  console.log(`${greeting(server, config).join('\n')}\n\nCtrl-C ends it.`);
  // Nobody waits for it, and where the end comes first there is nothing to release.
  void server
    .settle()
    .then(() => releaseMemory())
    .catch(() => undefined);
  await ended;
  console.error('\nEnding ...');
  await server.close();
}
