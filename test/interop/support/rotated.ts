import type { SecretValue } from '../../../src/secrets/model/index.ts';
import type { Rotator, RotatorContext } from '../../../src/secrets/rotation/rotator.ts';
import type { WorldTarget } from '../../../src/secrets/rotation/testing/world.ts';

/** A rotator whose every step has this administrator, whatever the plan names. */
export function administered<Config>(
  rotator: Rotator<Config>,
  admin: SecretValue,
): Rotator<Config> {
  const by = (context: RotatorContext<Config>) => ({ ...context, admin });
  return {
    ...rotator,
    needsAdmin: false,
    set: (context, pending) => rotator.set(by(context), pending),
    test: (context, pending) => rotator.test(by(context), pending),
    undo: async (context, pending) => rotator.undo?.(by(context), pending),
    finish: async (context) => rotator.finish?.(by(context)),
    revoke: (context, value) => rotator.revoke(by(context), value),
    isRefused: (context, value) => rotator.isRefused(by(context), value),
  };
}

/** A real target of a world: a consumer logs in with every value at every moment. */
export function lookedAt<Config extends object>(
  rotator: Rotator<Config>,
  config: Config,
  works: (value: SecretValue) => Promise<boolean>,
): WorldTarget {
  let accepted = new Set<string>();
  return {
    rotator: rotator as unknown as Rotator,
    plan: { config },
    look: async (values) => {
      const taken = await Promise.all(values.map(works));
      accepted = new Set(values.filter((_, at) => taken[at]).map((one) => JSON.stringify(one)));
    },
    accepts: (value) => accepted.has(JSON.stringify(value)),
  };
}
