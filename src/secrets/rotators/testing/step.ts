import { randomBytes } from 'node:crypto';
import type { SecretValue } from '../../model/index.ts';
import { type Rotator, type RotatorContext, TargetFault } from '../../rotation/rotator.ts';

type Values = Partial<Pick<RotatorContext<unknown>, 'current' | 'previous' | 'admin' | 'signal'>>;

/** A new context, as a process makes one that takes up a run of which it knows nothing. */
export function stepOf<Config>(config: Config, values: Values = {}): RotatorContext<Config> {
  return {
    secret: 'production/shop/orders/db',
    version: 2,
    current: undefined,
    previous: undefined,
    admin: undefined,
    token: 'run',
    now: Date.now(),
    signal: new AbortController().signal,
    random: randomBytes,
    ...values,
    config,
  };
}

/** How a step fails: `trouble: message`; anything but a fault is an error of the test. */
export async function failureOf(step: Promise<unknown>): Promise<string> {
  try {
    await step;
    return 'nothing failed';
  } catch (error) {
    if (!(error instanceof TargetFault)) throw error;
    return `${error.trouble}: ${error.message}`;
  }
}

/** Does each step of a rotation twice, as if it had been killed after the first time, and gives the new value. */
export async function rotateTwiceEach<Config>(
  rotator: Rotator<Config>,
  config: Config,
  values: Values,
): Promise<SecretValue> {
  const drawn = rotator.make(stepOf(config, values));
  const pending = (await rotator.obtain?.(stepOf(config, values), drawn)) ?? drawn;
  for (const step of ['set', 'set', 'test', 'test'] as const) {
    await rotator[step](stepOf(config, values), pending);
  }
  const promoted = { ...values, previous: values.current, current: pending };
  await rotator.finish?.(stepOf(config, promoted));
  await rotator.finish?.(stepOf(config, promoted));
  return pending;
}
