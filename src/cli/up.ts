import { loadConfig } from '../base/config.ts';
import { ServerConfig } from '../server/config.ts';
import { startServer } from '../server/main.ts';

export interface UpFlags {
  readonly data?: string;
  readonly config?: string;
}

/** Runs the server until a signal ends it. */
export async function up(flags: UpFlags): Promise<void> {
  const config = loadConfig(ServerConfig, flags.config);
  const server = await startServer(
    flags.data === undefined ? config : { ...config, data: flags.data },
  );
  const { url, expiresAt } = server.createLoginLink();
  console.log(`Reeve serves ${server.origin} and takes traces at ${server.otlpOrigin}/v1/traces`);
  console.log(`Log in (once, until ${expiresAt.slice(11, 16)} UTC): ${url}`);
  console.log(`Token of the command line: ${server.adminTokenFile}`);
  await ended();
  await server.close();
}

/** The second signal ends the process at once. */
function ended(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        console.error('reeve: ending what is under way (again to stop at once)');
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
}
