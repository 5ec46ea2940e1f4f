import { type NoteVerifier, noteVerifier } from '../../audit/checkpoint/index.ts';
import { type AskWitness, askWitness, type Witnessed } from '../../audit/witness/index.ts';
import { toTimestamp } from '../../base/clock.ts';
import { messageOf } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';
import { type AuditLog, type DocumentStore, isDocumentConflict } from '../../estate/index.ts';
import type { AuditConfig } from './config.ts';

const KIND = 'audit-witness';
const ANSWER_MS = 10_000;
/** A line for a signature is some hundred. */
const MAX_ANSWER = 16_384;

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
  readonly log: Log;
}

interface Asked {
  readonly url: string;
  readonly verifier: NoteVerifier;
  witnessed: Witnessed | undefined;
  problem: string | null;
}

/** Has witnesses sign the audit log, from time to time, as far as it has grown. */
export class Witnessing {
  readonly #parts: Parts;
  readonly #asked: readonly Asked[];
  readonly #ended = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();

  /** Asks at once, and then every `witnessSeconds`. */
  constructor(parts: Parts) {
    this.#parts = parts;
    this.#asked = parts.config.witnesses.map(({ url, key }) => ({
      ...{ url, verifier: noteVerifier(key), witnessed: undefined, problem: null },
    }));
    if (this.#asked.length > 0) this.#next(0);
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
    try {
      const { size } = await store.auditHead();
      if (one.witnessed?.size === size && one.problem === null) return;
      const kept = await store.document(KIND, one.verifier.text);
      one.witnessed = kept?.body as Witnessed | undefined;
      const known = one.witnessed?.size ?? 0;
      one.witnessed = await askWitness(store, one.verifier, known, this.#askAt(one.url));
      await this.#keep(one.verifier.text, kept?.version ?? 0, one.witnessed);
      one.problem = null;
    } catch (thrown) {
      if (this.#ended.signal.aborted) return;
      const problem = messageOf(thrown);
      const about = { witness: one.verifier.name, problem };
      if (problem !== one.problem) log.error(about, 'a witness has not signed the audit log');
      one.problem = problem;
    }
  }

  /** Where another server that shares the store has kept what it was told meanwhile, that is as good. */
  async #keep(id: string, version: number, body: Witnessed): Promise<void> {
    try {
      await this.#parts.store.amend([{ kind: KIND, id, version, body }], []);
    } catch (thrown) {
      if (!isDocumentConflict(thrown)) throw thrown;
    }
  }

  #askAt(url: string): AskWitness {
    return async (body) => {
      const response = await fetch(`${url.replace(/\/$/, '')}/add-checkpoint`, {
        ...{ method: 'POST', body, redirect: 'error' },
        signal: AbortSignal.any([this.#ended.signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      return { status: response.status, body: await beginningOf(response) };
    };
  }
}

/** What it says, as far as a witness may: whatever else answers could go on for ever. */
async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of body ?? []) {
    text += decoder.decode(part, { stream: true });
    if (text.length >= MAX_ANSWER) break;
  }
  return text.slice(0, MAX_ANSWER);
}
