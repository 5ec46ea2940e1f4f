import { hash } from 'node:crypto';
import { toTimestamp } from '../../base/clock.ts';
import { anew, type DocumentStore } from '../../estate/index.ts';
import type { IncidentNotice } from '../notice.ts';
import type { NotifyTarget } from './config.ts';
import type { FormatContext, Message } from './message.ts';
import {
  claimed,
  type Delivery,
  emptyQueue,
  nextAt,
  offered,
  QueueState,
  type Settled,
  settled,
  type Taken,
} from './queue.ts';
import type { Outcome } from './send/outcome.ts';

export interface ChannelParts {
  readonly target: NotifyTarget;
  readonly store: DocumentStore;
  readonly clock: () => number;
  /** 0 up to, but not including, 1. */
  readonly random: () => number;
  readonly send: (message: Message, context: Pick<FormatContext, 'id' | 'now'>) => Promise<Outcome>;
  readonly warn: (message: string, thrown: unknown) => void;
}

/** How a target stands. Counts are of this server, since its start. */
export interface TargetStatus {
  readonly name: string;
  readonly kind: NotifyTarget['kind'];
  /** The last attempt failed. */
  readonly isFailing: boolean;
  /** Messages that wait, for it or for the store. */
  readonly waiting: number;
  readonly counts: Readonly<Record<NoticeCount, number>>;
  readonly lastDeliveredAt: string | null;
  /** Neither the address of the target nor anything of its answers. */
  readonly lastError: { readonly at: string; readonly why: string } | null;
}

export const NOTICE_COUNTS = [
  'queued',
  'duplicate',
  'summarised',
  'less-severe',
  'delivered',
  'retried',
  'dropped',
] as const;
export type NoticeCount = (typeof NOTICE_COUNTS)[number] & (Taken | Settled);

const KIND = 'notify-queue';
/** Notices that wait until the store has them. */
const MAX_INCOMING = 1_000;
/** What another server has left undone is looked for this often. */
const LOOK_MS = 30_000;

/** All that goes to one target. What it is to be told is in the store before it is sent, and until it was: whoever is
 *  killed meanwhile, or another server that shares the store, sends it. */
export class Channel {
  readonly #parts: ChannelParts;
  readonly #id: string;
  readonly #counts = Object.fromEntries(NOTICE_COUNTS.map((name) => [name, 0])) as Record<
    NoticeCount,
    number
  >;
  #incoming: IncidentNotice[] = [];
  #running: Promise<void> | undefined;
  #isAsked = false;
  #isClosed = false;
  /** 0: it is not known. */
  #nextAt = 0;
  #stored = 0;
  #isFailing = false;
  #lastDeliveredAt: string | null = null;
  #lastError: TargetStatus['lastError'] = null;

  constructor(parts: ChannelParts) {
    this.#parts = parts;
    // a target that is changed under its name goes on with what waits for it
    this.#id = `target-${hash('sha256', parts.target.name).slice(0, 16)}`;
  }

  /** Takes a notice. Never waits, and never fails. */
  offer(notice: IncidentNotice): void {
    if (this.#incoming.length >= MAX_INCOMING) {
      this.#incoming.shift();
      this.#counts.dropped++;
    }
    this.#incoming.push(notice);
    void this.run();
  }

  /** Sends what is due. Never fails. */
  run(): Promise<void> {
    this.#isAsked = true;
    this.#running ??= this.#rounds();
    return this.#running;
  }

  async close(): Promise<void> {
    await this.#running;
    this.#isClosed = true;
    // what came last is kept for the next start
    await this.run();
  }

  get status(): TargetStatus {
    const { name, kind } = this.#parts.target;
    return {
      ...{ name, kind, isFailing: this.#isFailing, counts: { ...this.#counts } },
      waiting: this.#stored + this.#incoming.length,
      ...{ lastDeliveredAt: this.#lastDeliveredAt, lastError: this.#lastError },
    };
  }

  async #rounds(): Promise<void> {
    while (this.#isAsked) {
      this.#isAsked = false;
      try {
        await this.#takeIn();
        while (!this.#isClosed && (await this.#sendNext()));
      } catch (thrown) {
        this.#parts.warn('What is to be told of incidents waits for the store', thrown);
      }
    }
    this.#running = undefined;
  }

  async #takeIn(): Promise<void> {
    const notices = this.#incoming;
    if (notices.length === 0) return;
    const taken = await this.#change((before, now) => {
      let state = before;
      const results = notices.map((notice) => {
        const [result, next] = offered(state, notice, this.#parts.target, now);
        state = next;
        return result;
      });
      return [results, state];
    });
    // some may have come meanwhile, and some may have been dropped from the front
    const known = new Set(notices);
    this.#incoming = this.#incoming.filter((notice) => !known.has(notice));
    for (const result of taken) this.#counts[result]++;
  }

  /** @returns whether there was something to send */
  async #sendNext(): Promise<boolean> {
    const { target, send, clock, random } = this.#parts;
    if (clock() < this.#nextAt) return false;
    const delivery = await this.#change((state, now) => claimed(state, target, now));
    if (!delivery) return false;
    const outcome = await this.#attempt(delivery, send);
    const result = await this.#change((state, now) =>
      settled(state, delivery.id, outcome, target, { now, random: random() }),
    );
    this.#counts[result]++;
    this.#note(outcome);
    return true;
  }

  async #attempt({ id, message }: Delivery, send: ChannelParts['send']): Promise<Outcome> {
    try {
      return await send(message, { id, now: this.#parts.clock() });
    } catch (thrown) {
      const { name } = this.#parts.target;
      this.#parts.warn(`A message about an incident could not be made for ${name}`, thrown);
      return { outcome: 'refused', why: 'the message could not be made' };
    }
  }

  #note(outcome: Outcome): void {
    const at = toTimestamp(this.#parts.clock());
    this.#isFailing = outcome.outcome !== 'delivered';
    if (outcome.outcome === 'delivered') this.#lastDeliveredAt = at;
    else this.#lastError = { at, why: outcome.why };
  }

  /** Makes something of the state as it is in the store, and keeps what it becomes. */
  #change<Result>(
    work: (state: QueueState, now: number) => readonly [Result, QueueState],
  ): Promise<Result> {
    const { store, target, clock } = this.#parts;
    return anew(async () => {
      const now = clock();
      const stored = await store.document(KIND, this.#id);
      // what a newer Reeve has written is begun anew
      const before = QueueState.safeParse(stored?.body).data ?? emptyQueue(target, now);
      const [result, state] = work(before, now);
      if (state !== before) {
        const change = { kind: KIND, id: this.#id, version: stored?.version ?? 0, body: state };
        await store.amend([change], []);
      }
      this.#stored = state.waiting.length;
      this.#nextAt = Math.min(nextAt(state) ?? Number.POSITIVE_INFINITY, now + LOOK_MS);
      return result;
    });
  }
}
