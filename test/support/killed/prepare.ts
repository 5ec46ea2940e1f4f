import { setTimeout as sleep } from 'node:timers/promises';
import { type Opening, openKilledServer } from './server.ts';
import type { KilledTarget } from './target.ts';

const SERVICE = 'production/shop/orders';
/** Of the secret that is rotated. */
export const ID = `${SERVICE}/db`;
export const BY = { actor: 'ada', reason: 'a test' };
const DAY_SECONDS = 86_400;
const PATIENCE_MS = 60_000;
const POLL_MS = 20;

/** Keeps the administrator, and makes the secret with its plan and its first value. */
export async function prepare(
  opening: Opening,
  { rotator, config, admin }: KilledTarget,
  overlapSeconds: number,
): Promise<void> {
  const { secrets, close } = await openKilledServer(opening);
  try {
    const beginning = { isNewService: true, plan: undefined };
    const given = { service: SERVICE, kind: rotator };
    await secrets.create({ ...given, name: 'admin', value: admin }, beginning, BY);
    const plan = {
      ...{ rotator, config, admin: `${SERVICE}/admin`, everySeconds: DAY_SECONDS },
      ...{ jitter: 0, windows: [], overlapSeconds, deliver: [] },
    };
    await secrets.create({ ...given, name: 'db' }, { ...beginning, plan }, BY);
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const secret = await secrets.keeping.read(ID);
      if (secret?.run === null && secret.labels.current === 1) return;
      const { problem } = secret?.run ?? {};
      if (Date.now() > deadline) throw new Error(`there is no first value: ${problem}`);
      await sleep(POLL_MS);
    }
  } finally {
    await close();
  }
}
