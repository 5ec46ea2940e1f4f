import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { TargetFault, type TargetTrouble } from '../../rotation/index.ts';
import type { Engine } from '../engine.ts';

const Config = z.strictObject({ place: z.string() });
const Grants = z.strictObject({ may: z.string() });

/** What a call meets: done and never answered, done later than anybody waits, or not done and a trouble told. */
export type Misbehaviour = 'done-unanswered' | 'late' | TargetTrouble;

/** Users in memory, at as many places as are named. */
export class ModelEngine implements Engine<z.infer<typeof Config>, z.infer<typeof Grants>> {
  readonly kind = 'model';
  readonly config = Config;
  readonly grants = Grants;
  /** By name: the password, and when the target would refuse it by itself. */
  readonly users = new Map<string, { readonly password: string; readonly until: number }>();
  /** Places that answer nothing. */
  readonly away = new Set<string>();
  /** Users that cannot be taken away. */
  readonly stuck = new Set<string>();
  /** Of the calls to come that change something, in their order. */
  readonly misbehaves: Misbehaviour[] = [];
  /** What is on its way. */
  readonly late: (() => void)[] = [];
  calls = 0;

  target({ place }: { place: string }): string {
    return place;
  }

  async make(
    { config }: { config: { place: string } },
    { username, until }: { username: string; until: number },
  ) {
    const password = randomBytes(12).toString('base64url');
    this.#change(config.place, () => this.users.set(username, { password, until }));
    return { username, password };
  }

  async extend({ config }: { config: { place: string } }, username: string, until: number) {
    const user = this.users.get(username);
    if (user === undefined) throw new TargetFault('changed', 'no such user');
    this.#change(config.place, () => this.users.set(username, { ...user, until }));
  }

  async remove({ config }: { config: { place: string } }, username: string) {
    if (this.stuck.has(username)) throw new TargetFault('unreachable', 'it does not go');
    this.#change(config.place, () => this.users.delete(username));
  }

  async isGone({ config }: { config: { place: string } }, username: string) {
    this.#answer(config.place);
    return !this.users.has(username);
  }

  async usernames({ config }: { config: { place: string } }, prefix: string) {
    this.#answer(config.place);
    return [...this.users.keys()].filter((name) => name.startsWith(prefix));
  }

  #change(place: string, change: () => void): void {
    this.#answer(place);
    const misbehaviour = this.misbehaves.shift();
    if (misbehaviour === undefined || misbehaviour === 'done-unanswered') change();
    if (misbehaviour === 'late') this.late.push(change);
    if (misbehaviour === undefined) return;
    const isSilent = misbehaviour === 'done-unanswered' || misbehaviour === 'late';
    const trouble = isSilent ? 'unreachable' : misbehaviour;
    throw new TargetFault(trouble, 'a trouble of the model');
  }

  #answer(place: string): void {
    this.calls++;
    if (this.away.has(place)) throw new TargetFault('unreachable', 'nobody answers');
  }
}
