import { loadConfig } from '../base/config.ts';
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
  await ended;
  console.error('\nEnding ...');
  await server.close();
}
