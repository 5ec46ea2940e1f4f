import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import { EMPTY_ROOT, verifyConsistency } from '../../base/merkle/index.ts';
import {
  type Checkpoint,
  type NoteSigner,
  type NoteVerifier,
  readCheckpoint,
  type SignedNote,
  signatureOf,
} from '../checkpoint/index.ts';
import { readRequest, type WitnessRequest } from './request.ts';

/** Keeps what a witness has signed. */
export interface WitnessState {
  /** The latest checkpoint of a log with all its signatures; undefined: none yet. */
  latest(origin: string): string | undefined;
  /** Keeps another one if the latest is still that one, and only when it is on the disk returns.
   *  @returns whether it was */
  advance(origin: string, from: string | undefined, to: string): boolean;
}

/** An answer over HTTP. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422 | 500;
  readonly body: string;
  readonly mediaType?: string;
}

const EMPTY: Omit<Checkpoint, 'origin'> = { size: 0, root: EMPTY_ROOT };

/** Signs what logs have become, if they have only grown. It remembers one checkpoint of each.
 *  @see https://c2sp.org/tlog-witness */
export class Witness {
  readonly #signer: NoteSigner;
  readonly #logs: ReadonlyMap<string, NoteVerifier>;
  readonly #state: WitnessState;
  readonly #clock: Clock;

  constructor(
    signer: NoteSigner,
    logs: readonly NoteVerifier[],
    state: WitnessState,
    clock: Clock,
  ) {
    this.#signer = signer;
    this.#logs = new Map(logs.map((log) => [log.name, log]));
    this.#state = state;
    this.#clock = clock;
  }

  /** Of `POST /add-checkpoint`. */
  add(body: string): WitnessAnswer {
    try {
      const request = readRequest(body);
      const { checkpoint, note } = readCheckpoint(request.checkpoint);
      return this.#judge(request, checkpoint, note);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      return { status: 400, body: `${thrown.message}\n` };
    }
  }

  /** The latest checkpoint of a log, with the signature of this witness. */
  latest(origin: string): string | undefined {
    return this.#logs.has(origin) ? this.#state.latest(origin) : undefined;
  }

  #judge({ old, proof }: WitnessRequest, asked: Checkpoint, note: SignedNote): WitnessAnswer {
    const log = this.#logs.get(asked.origin);
    if (!log) return { status: 404, body: 'This log is not one that is witnessed here\n' };
    const own = signatureOf(note, log);
    if (!own) return { status: 403, body: 'The checkpoint is not signed by the log\n' };
    const latest = this.#state.latest(asked.origin);
    const kept = latest === undefined ? EMPTY : readCheckpoint(latest).checkpoint;
    if (old > asked.size) return { status: 400, body: 'The old size is beyond the checkpoint\n' };
    if (old !== kept.size) return behind(kept.size);
    if (kept.size === asked.size && !kept.root.equals(asked.root)) return behind(kept.size);
    if (!verifyConsistency(kept, asked, proof)) {
      return { status: 422, body: 'The log has not grown out of what was witnessed\n' };
    }
    const signature = this.#signer.sign(note.text, this.#clock());
    const signed = `${note.text}\n${own.line}${signature}`;
    if (!this.#state.advance(asked.origin, latest, signed)) return behind(kept.size);
    return { status: 200, body: signature };
  }
}

const behind = (size: number): WitnessAnswer => ({
  status: 409,
  body: `${size}\n`,
  mediaType: 'text/x.tlog.size',
});
