import { createHash } from 'node:crypto';
import { oncePer } from '../../../base/once.ts';
import type { Denial } from '../../authority/index.ts';
import type { Entry } from '../../registration/index.ts';
import { type TrustBundle, writeBundle } from '../../spiffe/index.ts';
import {
  TOLD_KINDS,
  type ToldKind,
  writeBundleItem,
  writeCrlItem,
  writeDenial,
  writeEntry,
} from '../protocol/index.ts';
import type { AgentServerPorts, AllTrust } from './ports.ts';

/** One thing that agents are told of, written once for all of them. */
export interface Item {
  readonly bytes: Buffer;
  /** Only of entries, which not every agent may know of. */
  readonly entry?: Entry;
}

type Items = ReadonlyMap<string, Item>;

/** What has changed between two views, by kind. */
export type Difference = Readonly<
  Record<ToldKind, { readonly put: Items; readonly gone: readonly string[] }>
>;

/** Everything that agents are told, at one time. */
export interface View {
  readonly number: number;
  readonly items: Readonly<Record<ToldKind, Items>>;
  /** Milliseconds since 1970. */
  readonly reissueAt: number;
}

type FeedPorts = Pick<
  AgentServerPorts,
  'entries' | 'trust' | 'onTrustChange' | 'onReissue' | 'onFailure' | 'clock'
>;

const RETRY_MS = 1_000;

/** Holds what agents are told, and says when it has changed. What is written, and how two views differ, is found out
 *  once, however many agents there are. */
export class Feed {
  readonly #ports: FeedPorts;
  readonly #listeners = new Set<() => void>();
  readonly #undo: readonly (() => void)[];
  readonly #writers = newWriters();
  #view: View;
  #reissueAt = 0;
  /** From an earlier view to this one: found once, for all who were told as much. */
  #since = oncePer((before: View) => difference(before, this.#view));
  #isDue = false;
  #isClosed = false;

  constructor(ports: FeedPorts) {
    const { entries, onTrustChange, onReissue, clock } = ports;
    this.#ports = ports;
    this.#view = this.#look(0);
    const due = (): void => this.#due();
    this.#undo = [
      entries.onChange(due),
      onTrustChange(due),
      onReissue(() => {
        // later than any before, also where the clock was set back
        this.#reissueAt = Math.max(clock(), this.#reissueAt + 1);
        due();
      }),
    ];
  }

  get view(): View {
    return this.#view;
  }

  /** What has changed since a view. */
  since(before: View): Difference {
    return this.#since(before);
  }

  /** Tells of new views; what it gives ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#isClosed = true;
    for (const undo of this.#undo) undo();
    this.#listeners.clear();
  }

  /** Changes that come together are told together. */
  #due(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      if (!this.#isClosed) this.#renew();
    });
  }

  /** What cannot be told now is tried again: what was told before holds meanwhile. */
  #renew(): void {
    try {
      this.#view = this.#look(this.#view.number + 1);
    } catch (thrown) {
      this.#ports.onFailure?.(thrown);
      setTimeout(() => this.#due(), RETRY_MS).unref();
      return;
    }
    this.#since = oncePer((before) => difference(before, this.#view));
    for (const listener of this.#listeners) listener();
  }

  #look(number: number): View {
    const trust = this.#ports.trust();
    return {
      number,
      reissueAt: this.#reissueAt,
      items: {
        entries: new Map(
          [...this.#ports.entries.all()].map((entry) => [entry.id, this.#writers.entry(entry)]),
        ),
        ...this.#trustItems(trust),
      },
    };
  }

  #trustItems({ bundles, crls, denials }: AllTrust): Omit<View['items'], 'entries'> {
    const { bundle, crl, denial } = this.#writers;
    return {
      bundles: new Map(bundles.map((one) => [one.trustDomain, bundle(one)])),
      crls: new Map(crls.map((der) => crl(der))),
      denials: new Map(denials.map((one) => [one.id, denial(one)])),
    };
  }
}

/** What is written of each object; as long as that is there, it is not written again. */
function newWriters() {
  return {
    entry: oncePer((entry: Entry): Item => ({ bytes: writeEntry(entry), entry })),
    denial: oncePer((denial: Denial): Item => ({ bytes: writeDenial(denial) })),
    bundle: oncePer(
      (bundle: TrustBundle): Item => ({
        bytes: writeBundleItem(bundle.trustDomain, writeBundle(bundle)),
      }),
    ),
    crl: oncePer((der: Buffer): readonly [string, Item] => {
      const id = createHash('sha256').update(der).digest('hex');
      return [id, { bytes: writeCrlItem(id, der) }];
    }),
  };
}

function difference(before: View, after: View): Difference {
  const all = TOLD_KINDS.map((kind) => [kind, differenceOf(before.items[kind], after.items[kind])]);
  return Object.fromEntries(all) as Difference;
}

function differenceOf(before: Items, after: Items) {
  const put = new Map<string, Item>();
  for (const [id, item] of after) {
    const known = before.get(id);
    if (known !== item && !known?.bytes.equals(item.bytes)) put.set(id, item);
  }
  const gone: string[] = [];
  for (const id of before.keys()) if (!after.has(id)) gone.push(id);
  return { put, gone };
}
