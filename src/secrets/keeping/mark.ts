import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { z } from 'zod';
import { auditEntryOf } from '../../audit/index.ts';
import { quote } from '../../base/fault.ts';
import {
  type AuditEntry,
  type AuditLog,
  canonicalJson,
  type DocumentStore,
} from '../../estate/index.ts';
import type { Asking, StoreMark } from '../rotation/index.ts';

/** An entry of the audit log by which the store is known again. */
const Marked = z.strictObject({ sequence: z.int().min(1), hash: z.string() });
type Marked = z.infer<typeof Marked>;

const ITSELF: Asking = { actor: 'reeve', reason: '' };

export interface MarkParts {
  /** In the data folder, or better where it is not brought back together with the store. */
  readonly file: string;
  readonly store: DocumentStore & AuditLog;
  readonly clock: () => number;
}

/** Remembers, beside the store, the latest entry of the audit log that something was done at a target for. A store
 *  that does not have it, or has another one in its place, is older than what targets hold: it was brought back from a
 *  backup. To go on with what such a store says would take away values that are in use. */
export class StoreMarkFile implements StoreMark {
  readonly #parts: MarkParts;
  #marked: Marked | undefined;
  /** Whether the store has what was marked last. Until that is known, and where it has not, nothing is done at targets,
   *  and whatever people ask does not take the place of what the store lacks. */
  #isJudged = false;
  /** Of what has come before that is known. */
  #latest: AuditEntry | undefined;

  constructor(parts: MarkParts) {
    this.#parts = parts;
  }

  /** What is done next is done for this entry. Returns when that is on the disk. */
  advance(entry: AuditEntry): void {
    if (!this.#isJudged) {
      this.#latest = entry;
      return;
    }
    if (entry.sequence <= (this.#marked?.sequence ?? 0)) return;
    this.#keep({ sequence: entry.sequence, hash: hashOf(canonicalJson(entry)) });
  }

  async whyPaused(): Promise<string | undefined> {
    const why = await this.#whyBehind();
    if (why === undefined) this.#goOn();
    else await this.#tell('secret.pause', { why }, ITSELF);
    return why;
  }

  async #whyBehind(): Promise<string | undefined> {
    const { file, store } = this.#parts;
    if (!existsSync(file)) return undefined;
    const marked = read(file);
    if (marked === undefined) {
      return `the file ${quote(file, 200)}, which says how far the store has to be, cannot be read`;
    }
    const [entry] = await store.auditTexts(marked.sequence, 1);
    if (entry?.sequence === marked.sequence && hashOf(entry.text) === marked.hash) {
      this.#marked = marked;
      return undefined;
    }
    const why = entry ? 'another one' : 'missing';
    return `the store is older than what targets hold: entry ${marked.sequence} of its audit log is ${why}`;
  }

  async resume(by: Asking): Promise<void> {
    const [entry] = await this.#tell('secret.resume', {}, by);
    this.#marked = undefined;
    this.#latest = entry;
    this.#goOn();
  }

  #goOn(): void {
    const latest = this.#latest;
    this.#isJudged = true;
    this.#latest = undefined;
    if (latest) this.advance(latest);
  }

  #tell(
    action: 'secret.pause' | 'secret.resume',
    said: Readonly<Record<string, unknown>>,
    { actor, reason }: Asking,
  ): Promise<readonly AuditEntry[]> {
    const { store, clock } = this.#parts;
    const asking = { actor, reason, now: clock() };
    return store.amend([], [auditEntryOf(action, 'rotations', said, asking)]);
  }

  #keep(marked: Marked): void {
    const { file } = this.#parts;
    const descriptor = openSync(`${file}.new`, 'w', 0o600);
    try {
      writeFileSync(descriptor, `${JSON.stringify(marked)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(`${file}.new`, file);
    this.#marked = marked;
  }
}

function read(file: string): Marked | undefined {
  try {
    return Marked.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
