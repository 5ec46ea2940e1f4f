import { Fault } from '../../../base/fault.ts';
import { agentsPathOf } from '../names.ts';
import type { AgentServerPorts } from './ports.ts';
import { refusalEntry } from './refusals.ts';

const QUIET_MS = 60_000;
const MAX_KNOWN = 10_000;

/** Keeps who was not let in, and why: of each address and reason once a minute, so that whoever tries again and again
 *  does not fill the logs. */
export class TurnedAway {
  readonly #ports: Pick<
    AgentServerPorts,
    'trustDomain' | 'audit' | 'clock' | 'onEvent' | 'onFailure'
  >;
  /** When it was told last, the longest ago first. */
  readonly #told = new Map<string, number>();

  constructor(
    ports: Pick<AgentServerPorts, 'trustDomain' | 'audit' | 'clock' | 'onEvent' | 'onFailure'>,
  ) {
    this.#ports = ports;
  }

  /** @param agent SPIFFE ID that was shown, where it was one of an agent */
  note(thrown: unknown, from: string, agent?: string): void {
    if (!(thrown instanceof Fault)) return;
    const { clock, audit, onEvent, onFailure, trustDomain } = this.#ports;
    const key = `${from} ${agent ?? ''} ${thrown.code}`;
    const now = clock();
    const toldAt = this.#told.get(key);
    if (toldAt !== undefined && Math.abs(now - toldAt) < QUIET_MS) return;
    this.#told.delete(key);
    this.#told.set(key, now);
    const [oldest] = this.#told.keys();
    if (this.#told.size > MAX_KNOWN && oldest !== undefined) this.#told.delete(oldest);
    onEvent?.({ event: 'refused', ...(agent && { agent }), from, because: thrown.message });
    const subject = agent ?? agentsPathOf(trustDomain);
    const entry = refusalEntry(thrown, { kind: 'agent', subject, actor: from, now });
    audit([entry]).catch((fault: unknown) => onFailure?.(fault));
  }
}
