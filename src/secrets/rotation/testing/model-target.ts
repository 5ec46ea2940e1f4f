import { z } from 'zod';
import type { SecretValue } from '../../model/index.ts';
import { type Rotator, type RotatorContext, TargetFault, type TargetTrouble } from '../rotator.ts';

/** What a target does next, in place of what it should. `half`: it does it, and says that it could not; `half-refused`:
 *  it takes a value, and says that it does not. */
export type Misbehaviour = TargetTrouble | 'half' | 'half-refused' | 'hangs' | 'odd';

const Config = z.strictObject({ target: z.string() });
type Config = z.infer<typeof Config>;

/** A target in memory, and its rotator. It holds several values at once, as with API keys. */
export class ModelTarget implements Rotator<Config> {
  readonly kind = 'model';
  readonly config = Config;
  needsAdmin = false;
  /** What it accepts. */
  readonly accepted = new Set<string>();
  /** What it does wrong, call after call. */
  readonly misbehaves: Misbehaviour[] = [];
  /** While it is so, every call fails. */
  isDown = false;
  readonly calls: string[] = [];
  /** Calls that are under way right now, and the most that ever were at once. */
  atWork = 0;
  mostAtOnce = 0;
  /** Values that were tried, in order. */
  readonly tried: string[] = [];
  /** Values that it refused once, and always will. */
  readonly #bad = new Set<string>();
  #made = 0;

  target({ target }: Config): string {
    return target;
  }

  protected add(text: string): void {
    this.accepted.add(text);
  }

  make({ random }: RotatorContext<Config>): SecretValue {
    return { value: `value-${++this.#made}-${random(6).toString('hex')}` };
  }

  set({ current }: RotatorContext<Config>, pending: SecretValue): Promise<void> {
    const text = textOf(pending);
    this.tried.push(text);
    const [next] = this.misbehaves;
    if (next === 'refused' || next === 'half-refused') this.#bad.add(text);
    if (next === 'half-refused') this.add(text);
    return this.call('set', () => {
      if (this.#bad.has(text)) throw new TargetFault('refused', 'it is not taken');
      if (this.accepted.has(text)) return;
      if (current && !this.accepted.has(textOf(current))) {
        throw new TargetFault('changed', 'the current value is not taken', 'put the one that is');
      }
      this.add(text);
    });
  }

  test(_: RotatorContext<Config>, pending: SecretValue): Promise<void> {
    return this.call('test', () => {
      if (!this.accepted.has(textOf(pending))) throw new TargetFault('refused', 'not taken');
    });
  }

  finish({ previous }: RotatorContext<Config>): Promise<void> {
    return this.call('finish', () => {
      if (previous) this.accepted.delete(textOf(previous));
    });
  }

  revoke(_: RotatorContext<Config>, value: SecretValue): Promise<void> {
    return this.call('revoke', () => {
      this.accepted.delete(textOf(value));
    });
  }

  async isRefused(_: RotatorContext<Config>, value: SecretValue): Promise<boolean> {
    return !this.accepted.has(textOf(value));
  }

  protected async call(name: string, work: () => void): Promise<void> {
    this.calls.push(name);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atWork);
    try {
      await new Promise((resolve) => setImmediate(resolve));
      const wrong = this.isDown ? 'unreachable' : this.misbehaves.shift();
      if (wrong === undefined || wrong === 'half') work();
      if (wrong === undefined) return;
      if (wrong === 'hangs') await new Promise(() => undefined);
      else if (wrong === 'half') throw new TargetFault('unreachable', 'the connection was lost');
      else if (wrong === 'odd') throw new Error(`at postgres://admin:${[...this.accepted][0]}@db`);
      else if (wrong === 'half-refused') throw new TargetFault('refused', 'it is not taken');
      else throw new TargetFault(wrong, `it is ${wrong}`, 'look at the target');
    } finally {
      this.atWork--;
    }
  }
}

/** One that holds one value at a time, as with passwords. */
export class SingleValueTarget extends ModelTarget {
  undo({ current }: RotatorContext<Config>, pending: SecretValue): Promise<void> {
    return this.call('undo', () => {
      if (this.accepted.has(textOf(pending)) && current) this.add(textOf(current));
    });
  }

  protected override add(text: string): void {
    this.accepted.clear();
    this.accepted.add(text);
  }
}

export const textOf = ({ value = '' }: SecretValue): string => value;
