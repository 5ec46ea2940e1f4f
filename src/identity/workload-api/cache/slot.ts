import { Fault } from '../../../base/fault.ts';
import type { Entry } from '../../registration/index.ts';
import type { FreshSvid, SvidCachePorts } from './ports.ts';
import { renewalOf, retryOf } from './renewal.ts';
import type { Turns } from './turns.ts';

/** Timers of Node count to 2^31 milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface SlotPorts extends SvidCachePorts {
  readonly turns: Turns;
  /** Whether anybody still wants the SVID; one that nobody wants is not renewed. */
  readonly isWanted: (slot: Slot) => boolean;
  readonly onChange: (slot: Slot) => void;
  readonly onUnwanted: (slot: Slot) => void;
}

/** The SVID of one entry: issued, renewed at half its lifetime, asked for again where that fails, and gone when it
 *  expires. */
export class Slot {
  #entry: Entry;
  readonly #ports: SlotPorts;
  #svid: FreshSvid | undefined;
  #issuedAt = 0;
  #failures = 0;
  /** Why there is no SVID, for the workload. */
  #because: string | undefined;
  #isIssuing = false;
  /** What is being issued will not do. */
  #isStale = false;
  /** When it is renewed, or asked for again. */
  #dueAt = 0;
  #isClosed = false;
  #cancelTimer: (() => void) | undefined;

  constructor(entry: Entry, ports: SlotPorts) {
    this.#entry = entry;
    this.#ports = ports;
    void this.renew();
  }

  get entry(): Entry {
    return this.#entry;
  }

  /** Undefined where there is none yet, or none any more. */
  get svid(): FreshSvid | undefined {
    const { clock } = this.#ports;
    return this.#svid && this.#svid.expiresAt > clock() ? this.#svid : undefined;
  }

  /** When the SVID came, in milliseconds since 1970. */
  get issuedAt(): number {
    return this.#issuedAt;
  }

  /** Why there is no SVID; undefined where it is not known yet. */
  get because(): string | undefined {
    return this.#because;
  }

  /** Takes the entry as it is now; where the SVID would be another, it is renewed. */
  update(entry: Entry): void {
    const before = this.#entry;
    this.#entry = entry;
    const isSame =
      before.x509TtlSeconds === entry.x509TtlSeconds &&
      before.dnsNames.join() === entry.dnsNames.join();
    if (!isSame) void this.renew();
  }

  /** Renews what should have been renewed before: timers stand still while a machine sleeps. */
  catchUp(): void {
    if (!this.#isIssuing && this.#ports.clock() >= this.#dueAt) void this.renew();
  }

  /** Issues the SVID anew; once more where one is being issued already. Never rejects. */
  async renew(): Promise<void> {
    if (this.#isClosed) return;
    if (this.#isIssuing) {
      this.#isStale = true;
      return;
    }
    this.#isIssuing = true;
    this.#isStale = false;
    this.#cancelTimer?.();
    const issuing = this.#ports.turns.take(() => this.#ports.issue(this.#entry));
    const again = await issuing.then(
      (svid) => this.#succeed(svid),
      (thrown: unknown) => this.#fail(thrown),
    );
    this.#isIssuing = false;
    if (this.#isClosed) return;
    if (this.#isStale) void this.renew();
    else this.#wakeAt(again);
    this.#ports.onChange(this);
  }

  close(): void {
    this.#isClosed = true;
    this.#svid = undefined;
    this.#cancelTimer?.();
  }

  /** Gives when to renew. */
  #succeed(svid: FreshSvid): number {
    const { clock, random } = this.#ports;
    this.#svid = svid;
    this.#issuedAt = clock();
    this.#failures = 0;
    this.#because = undefined;
    return renewalOf({ issuedAt: this.#issuedAt, expiresAt: svid.expiresAt }, random());
  }

  #fail(thrown: unknown): number {
    const { clock, random, onFailure } = this.#ports;
    this.#failures++;
    this.#because = thrown instanceof Fault ? thrown.message : 'an internal fault';
    onFailure?.(this.#entry, thrown);
    return retryOf(clock(), this.#failures, random(), this.#svid?.expiresAt);
  }

  #wakeAt(at: number): void {
    this.#dueAt = at;
    const { clock, after, isWanted, onUnwanted, onChange } = this.#ports;
    const wait = Math.min(Math.max(at - clock(), 0), MAX_TIMER_MS);
    this.#cancelTimer = after(wait, () => {
      if (!isWanted(this)) {
        onUnwanted(this);
        return;
      }
      if (this.#svid && !this.svid) {
        this.#svid = undefined;
        onChange(this);
      }
      void this.renew();
    });
  }
}
