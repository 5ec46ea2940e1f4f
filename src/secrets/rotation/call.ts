import { Fault, quote } from '../../base/fault.ts';
import type { Secret, SecretValue } from '../model/index.ts';
import type { Answer, Call, TargetCall } from './model.ts';
import type { Deliver, ValueBox } from './ports.ts';
import { type Rotator, type RotatorContext, TargetFault } from './rotator.ts';
import { TimeLimit } from './time-limit.ts';

/** What calls are made with. */
export interface CallParts {
  /** By kind. */
  readonly rotators: ReadonlyMap<string, Rotator>;
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
interface Scene {
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
  const { holder } = parts;
  const limit = new TimeLimit(parts.stepMilliseconds, stop);
  try {
    const answer = sceneOf(call, secret, parts, limit.signal).then((scene) =>
      CALLS[call.call](scene),
    );
    return await Promise.race([answer, limit.over]);
  } catch (thrown) {
    const { trouble, message, hint } = limit.isOver ? tooSlow(parts) : troubleOf(thrown);
    return { event: 'failed', holder, call, trouble, message, hint };
  } finally {
    limit.end();
  }
}

const CALLS: Readonly<Record<TargetCall, (scene: Scene) => Promise<Answer> | Answer>> = {
  make: ({ parts, secret, call, rotator, context }) => {
    const value = rotator.make(context);
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
    await scene.rotator.test(scene.context, wantedOf(scene));
    return done(scene);
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

const done = ({ parts, call }: Scene, isRefused = false): Answer => ({
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

async function sceneOf(
  call: Call,
  secret: Secret,
  parts: CallParts,
  signal: AbortSignal,
): Promise<Scene> {
  const { plan, labels } = secret;
  const rotator = plan ? parts.rotators.get(plan.rotator) : undefined;
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

/** A fault of Reeve's own says what is wrong, and has no value in it; of anything else only its class is told. */
function troubleOf(thrown: unknown): TargetFault {
  if (thrown instanceof TargetFault) return thrown;
  if (thrown instanceof Fault) return new TargetFault('unreachable', thrown.message, thrown.hint);
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return new TargetFault('unreachable', `The rotator failed unexpectedly (${quote(name)})`);
}

const tooSlow = ({ stepMilliseconds }: CallParts): TargetFault =>
  new TargetFault(
    'unreachable',
    `The target did not answer within ${stepMilliseconds / 1_000} s`,
    'see whether it is overloaded; `stepSeconds` is the limit',
  );
