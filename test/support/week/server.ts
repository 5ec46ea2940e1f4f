import { readFileSync } from 'node:fs';
import { ServerConfig } from '../../../src/server/config.ts';
import { startServer } from '../../../src/server/main.ts';
import { type ServerTold, simulatedNow } from './told.ts';

/** What it says when it runs. */
export interface ServerSaid {
  readonly origin: string;
  readonly adminTokenFile: string;
  readonly dataFolder: string;
  readonly secretsAddress: string;
  readonly workloadApiAddress: string;
  readonly otlpOrigin: string;
}

const told: ServerTold = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const { config, pace } = told;
const server = await startServer(ServerConfig.parse(config), {
  secretClocks: {
    clock: () => Math.round(simulatedNow(told)),
    steadyClock: () => performance.now() * pace,
    pace,
  },
});
const { origin, adminTokenFile, dataFolder, otlpOrigin } = server;
const { secretsAddress = '', workloadApiAddress = '' } = server;
process.once('SIGTERM', () => void server.close().then(() => process.exit()));
process.once('disconnect', () => process.exit());
const said: ServerSaid = {
  ...{ origin, adminTokenFile, dataFolder, otlpOrigin, secretsAddress, workloadApiAddress },
};
process.send?.(said);
