import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createLog } from '../../src/base/log.ts';
import { openStore } from '../../src/estate/store/index.ts';
import { ServerConfig } from '../../src/server/config.ts';
import { startServer } from '../../src/server/main.ts';
import { factsOfEstate } from './policy-live-estate.ts';

/** The server of an estate, in a process of its own: it tells where it listens, when it has what a scan of the folder has
 *  found, after how many seconds, its own and those of its processor, a policy is in force, when the estate is judged, and
 *  for how long it has stood still meanwhile. */
export type Told =
  | {
      readonly type: 'up';
      readonly origin: string;
      readonly envoy: string;
      readonly socket: string;
      readonly tokenFile: string;
    }
  | {
      readonly type: 'committed';
      readonly at: number;
    }
  | { readonly type: 'in force'; readonly seconds: number; readonly cpuSeconds: number }
  | { readonly type: 'judged'; readonly seconds: number; readonly stoodStillMs: number };

const [folder = '', services = ''] = process.argv.slice(2);
let before = process.cpuUsage();
const tell = (told: Told): void => void process.send?.(told);
/** The estate has been judged once, and its policy is in force. */
const [judged, inForce] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
const delay = monitorEventLoopDelay({ resolution: 5 });

const log = createLog('info', {
  write: (line) => {
    const { msg, seconds, level } = JSON.parse(line) as {
      msg: string;
      seconds: number;
      level: number;
    };
    if (msg === 'policy in force') {
      inForce.resolve();
      const { user, system } = process.cpuUsage(before);
      tell({ type: 'in force', seconds, cpuSeconds: (user + system) / 1e6 });
    }
    if (msg === 'judged') {
      judged.resolve();
      tell({ type: 'judged', seconds, stoodStillMs: delay.max / 1e6 });
      delay.reset();
    }
    if (level >= 40) console.error(line);
  },
});
const server = await startServer(
  ServerConfig.parse({
    data: join(folder, 'data'),
    environment: 'production',
    folders: [{ path: join(folder, 'team'), name: 'team' }],
    http: { port: 0 },
    otlp: { httpPort: 0, grpcPort: 0 },
    envoy: { port: 0 },
  }),
  {
    log,
    openStore: async (_, dataFolder) => {
      const store = await openStore({ kind: 'sqlite', folder: dataFolder });
      await store.replace('scan:estate', factsOfEstate(Number(services)), new Date().toISOString());
      const replace = store.replace.bind(store);
      store.replace = async (...given) => {
        await replace(...given);
        if (given[0] !== 'scan:team') return;
        before = process.cpuUsage();
        tell({ type: 'committed', at: Date.now() });
      };
      return store;
    },
  },
);
await Promise.all([judged.promise, inForce.promise]);
delay.enable();
const { origin, envoyAddress: envoy, workloadApiAddress: socket = '' } = server;
tell({ type: 'up', origin, envoy, socket, tokenFile: server.adminTokenFile });
process.on('disconnect', () => void server.close().then(() => process.exit()));
