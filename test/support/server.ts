import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../src/base/log.ts';
import { ServerConfig } from '../../src/server/config.ts';
import { type RunningServer, startServer } from '../../src/server/main.ts';

/** A real server on free ports, with a data folder that goes with it. */
export interface TestServer extends RunningServer {
  readonly adminToken: string;
  /** A request to the API as the administrator. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** What the API answers to a question, as JSON. */
  get<Answer>(path: string): Promise<Answer>;
  /** All that was logged. */
  readonly logged: () => string;
}

/** As whoever sends weeks of traces at once sets it. */
export const BELIEVES_HISTORY = { lateHours: 8_784 };

export async function startTestServer(
  config: Partial<Omit<ReturnType<typeof ServerConfig.parse>, 'http' | 'otlp' | 'tracing'>> & {
    readonly http?: object;
    readonly otlp?: object;
    readonly tracing?: { readonly pairing?: object; readonly [setting: string]: unknown };
  } = {},
): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-server-'));
  const lines: string[] = [];
  const server = await startServer(
    ServerConfig.parse({
      data: join(folder, 'data'),
      environment: 'test',
      ...config,
      http: { port: 0, ...config.http },
      otlp: { httpPort: 0, grpcPort: 0, ...config.otlp },
      envoy: { port: 0, ...config.envoy },
      tracing: { ...config.tracing, pairing: { ...BELIEVES_HISTORY, ...config.tracing?.pairing } },
    }),
    { log: createLog('trace', { write: (line) => lines.push(line) }) },
  );
  const adminToken = readFileSync(server.adminTokenFile, 'utf8').trim();
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${server.origin}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${adminToken}`, ...init.headers },
    });
  return {
    ...server,
    adminToken,
    ask,
    get: async <Answer>(path: string) => (await (await ask(path)).json()) as Answer,
    logged: () => lines.join(''),
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A folder with files, and a function that removes it. */
export function writeFolder(files: Readonly<Record<string, string>>): {
  readonly path: string;
  readonly remove: () => void;
} {
  const path = mkdtempSync(join(tmpdir(), 'reeve-folder-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
