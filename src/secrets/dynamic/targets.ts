import { Fault, quote } from '../../base/fault.ts';
import type { SecretValue } from '../model/index.ts';
import { TargetFault, withinStep } from '../rotation/index.ts';
import type { Engine, EngineContext } from './engine.ts';
import type { Role } from './model.ts';

export interface TargetParts {
  /** By kind; undefined: there is no such kind. */
  readonly engineOf: (kind: string) => Promise<Engine | undefined>;
  /** Of a secret: its current value. */
  readonly currentOf: (id: string) => Promise<SecretValue | undefined>;
  readonly random: (bytes: number) => Buffer;
  readonly stepMilliseconds: number;
}

/** At work with a role's target. */
export interface AtTarget {
  readonly engine: Engine;
  readonly context: EngineContext<unknown>;
  readonly grants: unknown;
}

/** What roles say of their targets, and calls to these, each within its time. */
export class Targets {
  readonly #parts: TargetParts;
  readonly #stop = new AbortController();

  constructor(parts: TargetParts) {
    this.#parts = parts;
  }

  /** Ends what is under way. */
  stop(): void {
    this.#stop.abort();
  }

  get isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Names the target that a role's users are at.
   *  @throws {TargetFault} `invalid` where the engine does not take what the role says */
  async nameOf(role: RoleTarget): Promise<string> {
    const { engine, config } = await this.#settingsOf(role);
    return `${engine.kind} ${engine.target(config)}`;
  }

  /** Makes a call to the target of a role.
   *  @throws {TargetFault} whatever was thrown; of what is not Reeve's own, only the class is told */
  async reach<T>(role: Role, work: (at: AtTarget) => Promise<T>): Promise<T> {
    const { stepMilliseconds } = this.#parts;
    return withinStep('engine', stepMilliseconds, this.#stop.signal, async (signal) =>
      work(await this.#at(role, signal)),
    );
  }

  async #at(role: Role, signal: AbortSignal): Promise<AtTarget> {
    const { engine, config, grants } = await this.#settingsOf(role);
    const admin = await this.#parts.currentOf(role.admin);
    if (admin === undefined) {
      throw new TargetFault(
        'denied',
        `The secret ${quote(role.admin, 120)}, by which users are made, has no value`,
        'give it one, or name another in the role',
      );
    }
    signal.throwIfAborted();
    const context = { config, admin, signal, random: this.#parts.random };
    return { engine, context, grants };
  }

  async #settingsOf(role: RoleTarget) {
    const engine = await this.#parts.engineOf(role.engine);
    if (engine === undefined) {
      throw new TargetFault('invalid', `There is no engine ${quote(role.engine)}`);
    }
    const [config, grants] = [
      engine.config.safeParse(role.config),
      engine.grants.safeParse(role.grants),
    ];
    for (const [name, read] of [
      ['config', config],
      ['grants', grants],
    ] as const) {
      if (read.success) continue;
      // where it is wrong is told, and never what stands there: it may be a value
      const places = read.error.issues.map(({ path }) => [name, ...path].join('.'));
      const why = `The role is wrong at ${quote(places.slice(0, 5).join(', '), 200)}`;
      throw new TargetFault('invalid', why, `see what the engine ${engine.kind} takes`);
    }
    return { engine, config: config.data, grants: grants.data };
  }
}

type RoleTarget = Pick<Role, 'engine' | 'config' | 'grants'>;

/** What a target's trouble is to who waits for it.
 *  @throws {Fault} `secrets/lease-unavailable` */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    if (!(thrown instanceof TargetFault)) throw thrown;
    const hint = thrown.hint === undefined ? {} : { hint: thrown.hint };
    throw new Fault('secrets/lease-unavailable', thrown.message, hint);
  }
}
