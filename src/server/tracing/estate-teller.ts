import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Policy } from '../../authorization/model/index.ts';
import { type KnownEstate, type ServiceView, viewsOf } from './view.ts';

/** What tracing is told of the estate and its policy, in parts. */
export type EstateMessage =
  /** Services that differ from what was told before, and those that are no more. */
  | {
      readonly type: 'estate';
      readonly put: readonly ServiceView[];
      readonly gone: readonly string[];
    }
  /** A part of a policy, which holds when its last part has come. */
  | {
      readonly type: 'policy';
      readonly part: Partial<Policy>;
      readonly isFirst: boolean;
      readonly isLast: boolean;
    };

/** Others get their turn after this long. */
const SLICE_MS = 8;
/** Of a policy, in one message. */
const PART_ITEMS = 1_000;

/** Tells tracing of the estate: only what differs from before, and never for longer at a time than others can wait. */
export class EstateTeller {
  readonly #tell: (message: EstateMessage) => void;
  /** Of what was told, by service id. */
  readonly #digests = new Map<string, string>();
  #estate: KnownEstate | undefined;
  #policy: Policy | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(tell: (message: EstateMessage) => void) {
    this.#tell = tell;
  }

  /** Tells what is known now; what was being told of before is not gone on with.
   *  @returns when it is told */
  know(estate: KnownEstate): Promise<void> {
    this.#estate = estate;
    this.#turn = this.#turn.then(() => this.#tellEstate(estate));
    return this.#turn;
  }

  knowPolicy(policy: Policy): Promise<void> {
    this.#policy = policy;
    this.#turn = this.#turn.then(() => this.#tellPolicy(policy));
    return this.#turn;
  }

  async #tellEstate(estate: KnownEstate): Promise<void> {
    const isCurrent = (): boolean => this.#estate === estate;
    const seen = new Set<string>();
    let put: ServiceView[] = [];
    let until = performance.now() + SLICE_MS;
    for (const view of viewsOf(estate)) {
      seen.add(view.service.id);
      if (this.#isNew(view)) put.push(view);
      if (performance.now() < until) continue;
      this.#put(put);
      put = [];
      await setImmediate();
      if (!isCurrent()) return;
      until = performance.now() + SLICE_MS;
    }
    const gone = [...this.#digests.keys()].filter((id) => !seen.has(id));
    for (const id of gone) this.#digests.delete(id);
    this.#put(put, gone);
  }

  #put(put: readonly ServiceView[], gone: readonly string[] = []): void {
    if (put.length + gone.length > 0) this.#tell({ type: 'estate', put, gone });
  }

  #isNew(view: ServiceView): boolean {
    const digest = hash('sha1', JSON.stringify(view), 'base64url');
    if (this.#digests.get(view.service.id) === digest) return false;
    this.#digests.set(view.service.id, digest);
    return true;
  }

  async #tellPolicy(policy: Policy): Promise<void> {
    const { services, endpoints, grants, guardrails } = policy;
    const parts: Partial<Policy>[] = [
      { guardrails },
      ...partsOf(services).map((items) => ({ services: items })),
      ...partsOf(endpoints).map((items) => ({ endpoints: items })),
      ...partsOf(grants).map((items) => ({ grants: items })),
    ];
    for (const [at, part] of parts.entries()) {
      if (this.#policy !== policy) return;
      this.#tell({ type: 'policy', part, isFirst: at === 0, isLast: at === parts.length - 1 });
      await setImmediate();
    }
  }
}

function partsOf<Item>(items: readonly Item[]): (readonly Item[])[] {
  const count = Math.ceil(items.length / PART_ITEMS);
  return Array.from({ length: count }, (_, at) =>
    items.slice(at * PART_ITEMS, (at + 1) * PART_ITEMS),
  );
}
