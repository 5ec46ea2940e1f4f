import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { endOfProcess } from '../src/server/greeting.ts';

/** `npm run dev`: what `npm start` does, begun anew whenever the server or the shop changes, and the
 *  console by Vite's own server, which reloads what changes of it. */
const WATCHED = ['src', 'examples/shop', 'scripts'];
const QUIET_MS = 200;
const CONSOLE_PORT = 5173;

const ended = endOfProcess();
const vite = spawn(
  process.execPath,
  ['node_modules/vite/bin/vite.js', 'web', '--port', String(CONSOLE_PORT), '--strictPort'],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
console.error(
  `The console reloads at http://127.0.0.1:${CONSOLE_PORT}; log in by the link that follows.`,
);

let server = startServer();
let restarting = false;
let timer: NodeJS.Timeout | undefined;
for (const folder of WATCHED) {
  watch(folder, { recursive: true }, (_event, name) => {
    if (name?.includes('.test.')) return;
    clearTimeout(timer);
    timer = setTimeout(restart, QUIET_MS);
  });
}

await ended;
await Promise.all([end(server), end(vite)]);
process.exit();

function startServer(): ChildProcess {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'scripts/start.ts'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, REEVE_LOG_LEVEL: 'info' },
  });
}

async function restart(): Promise<void> {
  if (restarting) return;
  restarting = true;
  console.error('\nChanged: starting anew ...');
  await end(server);
  server = startServer();
  restarting = false;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
