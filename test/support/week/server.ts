import { readFileSync } from 'node:fs';
import { ServerConfig } from '../../../src/server/config.ts';
import { startServer } from '../../../src/server/main.ts';

/** What the process of a server is told: its configuration, and how fast secrets age in it. */
export interface ServerTold {
  readonly config: object;
  /** From when on, in milliseconds since 1970. */
  readonly since: number;
  /** How many times faster than the clock on the wall. */
  readonly pace: number;
}

/** What it says when it runs. */
export interface ServerSaid {
  readonly origin: string;
  readonly adminTokenFile: string;
  readonly dataFolder: string;
  readonly secretsAddress: string;
  readonly workloadApiAddress: string;
  readonly otlpOrigin: string;
}

const { config, since, pace }: ServerTold = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
// both come from one clock: what is left of the milliseconds of another one would be minutes here
const real = () => performance.timeOrigin + performance.now();
const server = await startServer(ServerConfig.parse(config), {
  secretClocks: {
    clock: () => Math.round(since + (real() - since) * pace),
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
