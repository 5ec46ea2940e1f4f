import { loadConfig } from '../base/config.ts';
import { ServerConfig } from './config.ts';
import { type RunningServer, startServer } from './main.ts';

/** What the command line may say beside the configuration file. */
export interface UpOptions {
  /** YAML; `ServerConfig` says what it may hold. */
  readonly config?: string;
  /** Data folder; goes before the file's. */
  readonly data?: string;
}

/** `reeve up`: runs the server until it is told to end (SIGINT, SIGTERM).
 *  @throws {Fault} `config/…`, and what `startServer` throws */
export async function up(options: UpOptions, print: (line: string) => void): Promise<void> {
  const config = loadConfig(ServerConfig, options.config);
  const server = await startServer({
    ...config,
    ...(options.data !== undefined && { data: options.data }),
  });
  for (const line of greeting(server, config)) print(line);
  await endOfProcess();
  await server.close();
}

/** What a person needs to know who has just started the server. */
export function greeting(server: RunningServer, config: ServerConfig): string[] {
  const folders = config.folders.map(({ name }) => name).join(', ');
  return [
    `Console   ${server.createLoginLink().url}`,
    `          (works once, within ${config.http.loginLinkMinutes} minutes; a new one: reeve login-link)`,
    `API       ${server.origin}/api/v1, described in ${server.origin}/openapi.json`,
    `          with the token in ${server.adminTokenFile}`,
    `OTLP      ${server.otlpOrigin}/v1/traces`,
    `Data      ${server.dataFolder}`,
    folders === ''
      ? 'Folders   none: name some under `folders` in the configuration'
      : `Folders   ${folders}`,
  ];
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function endOfProcess(): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      process.off('SIGINT', end).off('SIGTERM', end);
      resolve();
    };
    process.on('SIGINT', end).on('SIGTERM', end);
  });
}
