import { type NoteVerifier, noteVerifier } from '../../audit/checkpoint/index.ts';
import { type AskWitness, askWitness, type Witnessed } from '../../audit/witness/index.ts';
import { type Clock, toTimestamp } from '../../base/clock.ts';
import { messageOf } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';
import type { AuditLog, DocumentStore } from '../../estate/index.ts';
import type { AuditConfig } from './config.ts';

const KIND = 'audit-witness';
const ANSWER_MS = 10_000;

/** How far a witness has come. */
export interface WitnessStanding {
  readonly name: string;
  readonly url: string;
  /** Entries that it has signed for; null: none yet. */
  readonly size: number | null;
  /** RFC 3339, as it says. */
  readonly at: string | null;
  /** Its checkpoint, which verifies the log. */
  readonly checkpoint: string | null;
  /** Why the latest attempt failed. */
  readonly problem: string | null;
}

interface Parts {
  readonly config: AuditConfig;
  readonly store: AuditLog & DocumentStore;
  readonly clock: Clock;
  readonly log: Log;
}

interface Asked {
  readonly url: string;
  readonly verifier: NoteVerifier;
  witnessed: Witnessed | undefined;
  version: number;
  problem: string | null;
}

/** Has witnesses sign the audit log, from time to time, as far as it has grown. */
export class Witnessing {
  readonly #parts: Parts;
  readonly #asked: readonly Asked[];
  readonly #ended = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();

  private constructor(parts: Parts, asked: readonly Asked[]) {
    this.#parts = parts;
    this.#asked = asked;
  }

  /** Asks at once, and then every `witnessSeconds`. */
  static async start(parts: Parts): Promise<Witnessing> {
    const kept = new Map(
      (await parts.store.documents(KIND)).map((document) => [document.id, document]),
    );
    const asked = parts.config.witnesses.map(({ url, key }): Asked => {
      const verifier = noteVerifier(key);
      const document = kept.get(verifier.text);
      return {
        ...{ url, verifier, problem: null },
        witnessed: document?.body as Witnessed | undefined,
        version: document?.version ?? 0,
      };
    });
    const witnessing = new Witnessing(parts, asked);
    if (asked.length > 0) witnessing.#next(0);
    return witnessing;
  }

  standing(): WitnessStanding[] {
    return this.#asked.map(({ url, verifier, witnessed, problem }) => ({
      ...{ name: verifier.name, url, problem },
      size: witnessed?.size ?? null,
      at: witnessed ? toTimestamp(witnessed.at) : null,
      checkpoint: witnessed?.note ?? null,
    }));
  }

  async close(): Promise<void> {
    this.#ended.abort();
    clearTimeout(this.#timer);
    await this.#round;
  }

  #next(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      this.#round = this.#askAll().then(() => {
        if (!this.#ended.signal.aborted) this.#next(this.#parts.config.witnessSeconds * 1_000);
      });
    }, milliseconds);
    this.#timer.unref();
  }

  async #askAll(): Promise<void> {
    await Promise.all(this.#asked.map((one) => this.#ask(one)));
  }

  async #ask(one: Asked): Promise<void> {
    const { store, log } = this.#parts;
    const known = one.witnessed?.size ?? 0;
    try {
      const { size } = await store.auditHead();
      if (one.witnessed && size === known) return;
      const witnessed = await askWitness(store, one.verifier, known, this.#askAt(one.url));
      await this.#keep(one, witnessed);
      one.problem = null;
    } catch (thrown) {
      if (this.#ended.signal.aborted) return;
      const problem = messageOf(thrown);
      if (problem !== one.problem)
        log.error(
          { witness: one.verifier.name, problem },
          'a witness has not signed the audit log',
        );
      one.problem = problem;
    }
  }

  async #keep(one: Asked, witnessed: Witnessed): Promise<void> {
    const change = { kind: KIND, id: one.verifier.text, version: one.version, body: witnessed };
    await this.#parts.store.amend([change], []);
    one.witnessed = witnessed;
    one.version++;
  }

  #askAt(url: string): AskWitness {
    return async (body) => {
      const response = await fetch(`${url.replace(/\/$/, '')}/add-checkpoint`, {
        ...{ method: 'POST', body, redirect: 'error' },
        signal: AbortSignal.any([this.#ended.signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      return { status: response.status, body: (await response.text()).slice(0, 16_384) };
    };
  }
}
