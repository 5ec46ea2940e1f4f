import type { RotationMoment } from '../../../src/secrets/rotation/index.ts';
import { BY } from './prepare.ts';
import { type KilledServer, type Opening, openKilledServer } from './server.ts';

/** What a server in a process of its own is told. */
export type Told =
  | ({ readonly tell: 'open' } & Opening)
  | { readonly tell: 'rotate'; readonly id: string; readonly kill: KillAt | undefined }
  | { readonly tell: 'resume' };

/** To kill itself at the moment of that number, of which 0 is the first. */
export interface KillAt {
  readonly at: number;
  /** Whether the moments before writes and calls count, too. */
  readonly isBefore: boolean;
}

/** What it says. */
export type Said =
  | { readonly say: 'open'; readonly whyPaused: string | undefined }
  /** Whether it took the order to rotate. */
  | { readonly say: 'asked'; readonly isTaken: boolean }
  | { readonly say: 'ended' }
  | { readonly say: 'resumed' };

let server: KilledServer | undefined;
let kill: KillAt | undefined;
let moments = 0;
let rotated: string | undefined;

const say = (said: Said) => process.send?.(said);

/** Dies as a process dies whose machine loses its power: nothing is done behind this. */
function heed({ when, what }: RotationMoment): Promise<void> | undefined {
  const isCounted = when === 'after' || kill?.isBefore;
  if (kill && isCounted && moments++ >= kill.at) {
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => undefined);
  }
  const secret = rotated === undefined ? undefined : server?.secrets.keeping.get(rotated);
  const isWritten = when === 'after' && what === 'write';
  if (isWritten && secret?.run === null) say({ say: 'ended' });
  return undefined;
}

async function obey(told: Told): Promise<void> {
  if (told.tell === 'open') {
    server = await openKilledServer(told, heed);
    say({ say: 'open', whyPaused: server.secrets.rotations.why });
    return;
  }
  if (server === undefined) throw new Error('it is not open');
  if (told.tell === 'resume') {
    await server.secrets.rotations.resume(BY);
    say({ say: 'resumed' });
    return;
  }
  rotated = told.id;
  kill = told.kill;
  moments = 0;
  const asked = server.secrets.keeping.change(told.id, { event: 'rotate', by: BY });
  const isTaken = await asked.then(
    () => true,
    () => false,
  );
  say({ say: 'asked', isTaken });
}

process.on('message', (told: Told) => void obey(told));
process.on('disconnect', () => process.exit());
