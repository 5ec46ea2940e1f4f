import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { openStore } from '../../src/estate/store/index.ts';
import { SecretKeeping, StoreMarkFile } from '../../src/secrets/keeping/index.ts';
import type { SecretValue } from '../../src/secrets/model/index.ts';
import {
  policyOf,
  RotationConfig,
  RotationRunner,
  type Rotator,
  type ValueBox,
} from '../../src/secrets/rotation/index.ts';

const ROTATIONS = 300;
const OVERLAP_SECONDS = 1;
const by = { actor: 'bench', reason: '' };

/** A target that does everything at once. */
class InstantTarget implements Rotator {
  readonly kind = 'instant';
  readonly config = z.unknown();
  readonly needsAdmin = false;
  readonly #refused = new Set<string>();

  target(config: unknown): string {
    return String(config);
  }

  make(): SecretValue {
    return { value: randomBytes(24).toString('base64url') };
  }

  async set(): Promise<void> {}
  async test(): Promise<void> {}

  async finish({ previous }: { previous: SecretValue | undefined }): Promise<void> {
    this.#refused.add(previous?.value ?? '');
  }

  async revoke(): Promise<void> {}

  async isRefused(_: unknown, { value = '' }: SecretValue): Promise<boolean> {
    return this.#refused.has(value);
  }
}

/** As much work as an envelope is, and no more. */
const box: ValueBox = {
  encrypt: (_, value) => Buffer.from(JSON.stringify(value)).toString('base64url').padEnd(300, '.'),
  decrypt: (_, envelope) => JSON.parse(Buffer.from(envelope, 'base64url').toString()),
};

/** Seconds of processor time of a whole rotation, with the runner, the store of the estate and its audit log on the disk,
 *  and everything that a rotation does but talk to a target. */
export async function rotationSeconds(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-rotations-'));
  const store = await openStore({ kind: 'sqlite', folder });
  try {
    const config = RotationConfig.parse({ atOnce: 32 });
    const mark = new StoreMarkFile({ file: join(folder, 'mark'), store, clock: Date.now });
    const key = randomBytes(32);
    const fingerprintsOf = ({ value = '' }: SecretValue) => [
      createHmac('sha256', key).update(value).digest('hex').slice(0, 32),
    ];
    const common = { values: box, fingerprintsOf, clock: Date.now, warn: console.error };
    const policy = policyOf(config);
    const keeping = await SecretKeeping.open({ ...common, store, policy, lot: Math.random, mark });
    const ids = await make(keeping);
    const target = new InstantTarget();
    const runner = new RotationRunner({
      ...{ ...common, config, mark, secrets: keeping, holder: 'bench', deliver: undefined },
      steadyClock: () => performance.now(),
      rotators: new Map([[target.kind, target]]),
      random: randomBytes,
      currentOf: (id) => keeping.currentOf(id),
    });
    const before = process.cpuUsage();
    await runner.start();
    for (const id of ids) await keeping.change(id, { event: 'rotate', by });
    while (isUnderWay(keeping)) await new Promise((resolve) => setTimeout(resolve, 20));
    const { user, system } = process.cpuUsage(before);
    await runner.close();
    return (user + system) / 1e6 / ROTATIONS;
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function make(keeping: SecretKeeping): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = 0; index < ROTATIONS; index++) {
    const named = { name: `secret-${index}`, service: 'production/shop/orders', kind: 'api-key' };
    const { id } = await keeping.create({ ...named, value: { value: 'first' } }, by);
    await keeping.plan(
      id,
      {
        ...{ rotator: 'instant', config: `target-${index}`, admin: null, everySeconds: 86_400 },
        ...{ jitter: 0.1, windows: [], overlapSeconds: OVERLAP_SECONDS, deliver: [] },
      },
      by,
    );
    ids.push(id);
  }
  return ids;
}

const isUnderWay = (keeping: SecretKeeping): boolean =>
  keeping.list().some(({ run, labels }) => run !== null || labels.current === 1);
