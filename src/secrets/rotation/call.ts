import { quote } from '../../base/fault.ts';
import type { Secret, SecretValue } from '../model/index.ts';
import type { Answer, Call, TargetCall } from './model.ts';
import type { Deliver, ValueBox } from './ports.ts';
import { type Rotator, type RotatorContext, TargetFault } from './rotator.ts';
import { withinStep } from './time-limit.ts';

/** Rotators by kind: a map, or what loads one when it is asked for. */
export interface Rotators {
  get(kind: string): Rotator | undefined | Promise<Rotator | undefined>;
  keys(): Iterable<string>;
}

/** What calls are made with. */
export interface CallParts {
  readonly rotators: Rotators;
  readonly values: ValueBox;
  /** Of another secret: its current value, for a rotator that needs one to change a target with. */
  readonly currentOf: (id: string) => Promise<SecretValue | undefined>;
  readonly deliver: Deliver | undefined;
  /** Keyed: how a value is recognised where it lies about. */
  readonly fingerprintsOf: (value: SecretValue) => readonly string[];
  readonly random: (bytes: number) => Buffer;
  readonly clock: () => number;
  readonly holder: string;
  readonly stepMilliseconds: number;
}

/** One call on its way. */
export interface Scene {
  readonly parts: CallParts;
  readonly secret: Secret;
  readonly call: Call;
  readonly rotator: Rotator;
  readonly context: RotatorContext<unknown>;
  /** The value that the call is about; undefined for `make`, and where it is destroyed. */
  readonly value: SecretValue | undefined;
}

/** Makes one call within its time, and says what came of it; never fails. */
export async function carryOut(
  call: Call,
  secret: Secret,
  parts: CallParts,
  stop: AbortSignal,
): Promise<Answer> {
  try {
    return await withinStep('rotator', parts.stepMilliseconds, stop, async (signal) =>
      CALLS[call.call](await sceneOf(call, secret, parts, signal)),
    );
  } catch (thrown) {
    const { trouble, message, hint } = thrown as TargetFault;
    return { event: 'failed', holder: parts.holder, call, trouble, message, hint };
  }
}

const CALLS: Readonly<Record<TargetCall, (scene: Scene) => Promise<Answer> | Answer>> = {
  make: async ({ parts, secret, call, rotator, context }) => {
    const drawn = rotator.make(context);
    const value = rotator.obtain ? await rotator.obtain(context, drawn) : drawn;
    const number = call.version ?? 1;
    const ends = rotator.endOf?.(value);
    const sealed = {
      number,
      envelope: parts.values.encrypt({ secret: secret.id, version: number }, value),
      fingerprints: parts.fingerprintsOf(value),
      expiresAt: ends === undefined ? null : new Date(ends).toISOString(),
    };
    return { event: 'made', holder: parts.holder, call, value: sealed };
  },
  set: async (scene) => {
    await scene.rotator.set(scene.context, wantedOf(scene));
    return done(scene);
  },
  test: async (scene) => {
    const { rotator, context } = scene;
    await rotator.test(context, wantedOf(scene));
    const settles = rotator.settleSeconds?.(context.config) ?? 0;
    return { ...done(scene), settles: settles * 1_000 };
  },
  deliver: async (scene) => {
    await scene.parts.deliver?.(scene.secret, wantedOf(scene), scene.context.signal);
    return done(scene);
  },
  finish: async (scene) => {
    const { rotator, context, value } = scene;
    if (value === undefined) return done(scene, true);
    if (rotator.finish) await rotator.finish(context);
    else if (!(await rotator.isRefused(context, value))) await rotator.revoke(context, value);
    return done(scene, await rotator.isRefused(context, value));
  },
  undo: async (scene) => {
    const { rotator, context } = scene;
    const value = wantedOf(scene);
    await (rotator.undo ? rotator.undo(context, value) : rotator.revoke(context, value));
    return gone(scene, value);
  },
  revoke: async (scene) => {
    const value = wantedOf(scene);
    await scene.rotator.revoke(scene.context, value);
    return gone(scene, value);
  },
};

const done = ({ parts, call }: Scene, isRefused = false): Answer & { event: 'done' } => ({
  event: 'done',
  holder: parts.holder,
  call,
  isRefused,
});

/** That a value is gone is believed when its target refuses it. */
async function gone(scene: Scene, value: SecretValue): Promise<Answer> {
  if (await scene.rotator.isRefused(scene.context, value)) return done(scene, true);
  throw new TargetFault(
    'unreachable',
    'The target still takes the value that was taken away from it',
    'it is tried again; take it away by hand if it stays so',
  );
}

/** What a call is made with: the rotator, what it is told, and the value that the call is about.
 *  @throws {TargetFault} where the plan names no rotator, or is wrong, or its administrator has no value
 *  @throws {Fault} of the vault */
export async function sceneOf(
  call: Call,
  secret: Secret,
  parts: CallParts,
  signal: AbortSignal,
): Promise<Scene> {
  const { plan, labels } = secret;
  const rotator = plan ? await parts.rotators.get(plan.rotator) : undefined;
  if (plan === null || rotator === undefined) {
    const why = `There is no rotator ${quote(plan?.rotator ?? '')}`;
    throw new TargetFault(
      'invalid',
      why,
      `the rotators are: ${[...parts.rotators.keys()].join(', ')}`,
    );
  }
  const open = (number: number | null | undefined) => openOf(secret, number, parts.values);
  const context: RotatorContext<unknown> = {
    config: configOf(rotator, plan.config),
    secret: secret.id,
    version: call.version,
    current: open(labels.current),
    previous: open(labels.previous),
    admin: await adminOf(rotator, plan.admin, parts),
    token: call.token,
    now: parts.clock(),
    signal,
    random: parts.random,
  };
  signal.throwIfAborted();
  const value = call.call === 'make' ? undefined : open(call.version);
  return { parts, secret, call, rotator, context, value };
}

function openOf(
  { id, versions }: Secret,
  number: number | null | undefined,
  values: ValueBox,
): SecretValue | undefined {
  const version = versions.find((one) => one.number === number);
  if (!version || version.envelope === null) return undefined;
  return values.decrypt({ secret: id, version: version.number }, version.envelope);
}

function wantedOf({ value, call }: Scene): SecretValue {
  if (value !== undefined) return value;
  throw new TargetFault(
    'invalid',
    `The value of version ${call.version ?? 0} is destroyed`,
    'cancel the rotation, and begin another',
  );
}

/** Where a configuration is wrong is told, and never what stands there: it may be a value. */
function configOf(rotator: Rotator, config: unknown): unknown {
  const read = rotator.config.safeParse(config);
  if (read.success) return read.data;
  const places = read.error.issues.map(({ path }) => path.join('.') || 'config');
  const why = `The plan's configuration is wrong at ${quote(places.slice(0, 5).join(', '), 200)}`;
  throw new TargetFault('invalid', why, `see what the rotator ${rotator.kind} takes`);
}

async function adminOf(
  { needsAdmin }: Rotator,
  admin: string | null,
  { currentOf }: CallParts,
): Promise<SecretValue | undefined> {
  const value = admin === null ? undefined : await currentOf(admin);
  if (value !== undefined || !needsAdmin) return value;
  throw new TargetFault(
    'denied',
    admin === null
      ? 'The plan names no secret by which the target is changed'
      : `The secret ${quote(admin, 120)}, by which the target is changed, has no value`,
    "name one in the plan's admin, and give it a value",
  );
}
