import { randomUUID } from 'node:crypto';
import { Fault, quote } from '../../base/fault.ts';
import type { Environment } from '../../base/secret-reference.ts';
import type { DocumentStore } from '../../estate/index.ts';
import type { IncidentNotice } from '../notice.ts';
import { Channel, type TargetStatus } from './channel.ts';
import type { NotifyConfig, NotifyTarget } from './config.ts';
import { cleanNotice, type FormatContext, type Message } from './message.ts';
import type { Outcome } from './send/outcome.ts';
import { send } from './targets.ts';

export interface NotifierParts {
  readonly config: NotifyConfig;
  readonly store: DocumentStore;
  /** Where secrets may be. */
  readonly environment: Environment;
  /** Of Reeve. */
  readonly version: string;
  /** Name of this machine. */
  readonly host: string;
  readonly clock: () => number;
  /** 0 up to, but not including, 1. */
  readonly random: () => number;
  readonly warn: (message: string, thrown: unknown) => void;
}

/** Tells people of incidents. Nobody who tells it something waits, whatever becomes of the targets. */
export class Notifier {
  readonly #parts: NotifierParts;
  readonly #channels: readonly Channel[];
  readonly #stop = new AbortController();

  constructor(parts: NotifierParts) {
    this.#parts = parts;
    this.#channels = parts.config.targets.map(
      (target) =>
        new Channel({
          ...parts,
          target,
          send: (message, context) => this.#send(target, message, context),
        }),
    );
  }

  /** Tells all targets of an incident, as it is now. What they know already is told to nobody again. */
  tell(notice: IncidentNotice): void {
    if (this.#channels.length === 0) return;
    const clean = cleanNotice(notice);
    for (const channel of this.#channels) channel.offer(clean);
  }

  /** Sends what is due. Call it every second. */
  async tick(): Promise<void> {
    await Promise.all(this.#channels.map((channel) => channel.run()));
  }

  status(): readonly TargetStatus[] {
    return this.#channels.map(({ status }) => status);
  }

  /** Sends a message that says that it is a test, once and at once.
   *  @throws {Fault} `notify/target-not-found` */
  test(name: string): Promise<Outcome> {
    const target = this.#parts.config.targets.find((one) => one.name === name);
    if (!target) {
      throw new Fault('notify/target-not-found', `No target is called ${quote(name)}`, {
        hint: 'name one of `tracing.notify.targets`',
      });
    }
    const now = this.#parts.clock();
    const message: Message = { what: 'incident', notice: testNotice(now) };
    return this.#send(target, message, { id: `notice_${randomUUID()}`, now });
  }

  /** Resolves when nothing is sent any more; what waits is sent after the next start. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#channels.map((channel) => channel.close()));
  }

  #send(
    target: NotifyTarget,
    message: Message,
    { id, now }: Pick<FormatContext, 'id' | 'now'>,
  ): Promise<Outcome> {
    const { config, environment, version, host } = this.#parts;
    const context = { id, now, consoleUrl: config.consoleUrl, version, host };
    return send(target, { message, context, environment, stop: this.#stop.signal });
  }
}

function testNotice(now: number): IncidentNotice {
  const at = new Date(now).toISOString();
  return {
    ...{ incident: 'incident-test', state: 'open', severity: 'info', raised: 1, kind: 'test' },
    reason: 'This is a test of the target: nothing has happened.',
    ...{ from: '*', to: 'reeve', path: ['*', 'reeve'], hops: [], techniques: [], traceIds: [] },
    ...{ time: at, lastTime: at, data: [], signs: 0, at, by: null },
  };
}
