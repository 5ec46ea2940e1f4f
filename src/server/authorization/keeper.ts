import { Engine } from '../../authorization/engine/index.ts';
import { CedarJudge, type GuardrailReading } from '../../authorization/guardrails/index.ts';
import type { EnforcementMode, Policy } from '../../authorization/model/index.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Log } from '../../base/log.ts';
import type { JudgedEstate, PolicyFile, PolicySources, ServiceRecord } from '../../estate/index.ts';
import type { KeptSources } from './kept-sources.ts';
import { makePolicy, NO_GUARDRAILS } from './make-policy.ts';
import { revisionOf } from './revision.ts';

/** A policy in force. */
export interface CurrentPolicy {
  /** Equal for equal policies. */
  readonly revision: string;
  readonly policy: Policy;
  readonly engine: Engine;
  /** The guardrails and groups that it has. */
  readonly sources: PolicySources;
  /** What is wrong with guardrails and groups. */
  readonly diagnostics: readonly Diagnostic[];
  /** Since when it is in force; milliseconds since 1970. */
  readonly since: number;
}

/** What is known of the estate, as it was judged. */
export interface KnownEstate {
  readonly records: readonly ServiceRecord[];
  readonly judged: Pick<JudgedEstate, 'services' | 'endpoints' | 'calls'>;
}

export interface PolicyKeeperParts {
  readonly sources: Pick<KeptSources, 'all'>;
  /** The SPIFFE IDs of services, by their ids. */
  readonly identitiesOf: (
    records: readonly ServiceRecord[],
  ) => ReadonlyMap<string, readonly string[]>;
  readonly defaultMode: EnforcementMode;
  /** Reads guardrails, away from here: they seldom change, and what reads them takes much memory. */
  readonly readGuardrails: (files: readonly PolicyFile[]) => Promise<GuardrailReading>;
  readonly clock: () => number;
  readonly log: Log;
  /** Told how long it took to make a policy. */
  readonly onMade?: (seconds: number) => void;
}

/** Makes a policy of the estate whenever that has changed, and keeps the last where none can be made. */
export class PolicyKeeper {
  readonly #parts: PolicyKeeperParts;
  readonly #listeners = new Set<(current: CurrentPolicy) => void>();
  #current: CurrentPolicy | undefined;
  #known: KnownEstate | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isWaiting = false;
  #lastRead: { readonly text: string; readonly reading: GuardrailReading } | undefined;

  constructor(parts: PolicyKeeperParts) {
    this.#parts = parts;
  }

  /** Undefined until the estate has been judged for the first time. */
  get current(): CurrentPolicy | undefined {
    return this.#current;
  }

  /** What the policy in force was made of, or the next one will be. */
  get known(): KnownEstate | undefined {
    return this.#known;
  }

  /** Tells of the policy that is in force, and of each that takes its place.
   *  @returns what ends it */
  watch(listener: (current: CurrentPolicy) => void): () => void {
    this.#listeners.add(listener);
    if (this.#current) listener(this.#current);
    return () => this.#listeners.delete(listener);
  }

  /** Takes what is known now. Never rejects: where no policy can be made of it, the last stays in force. */
  apply(known: KnownEstate): Promise<void> {
    this.#known = known;
    return this.refresh();
  }

  /** Makes the policy anew: identities or guardrails have changed. */
  refresh(): Promise<void> {
    // one that has not begun sees this change, too
    if (this.#isWaiting) return this.#turn;
    this.#isWaiting = true;
    this.#turn = this.#turn.then(() => {
      this.#isWaiting = false;
      return this.#make();
    });
    return this.#turn;
  }

  /** Resolves when no policy is being made. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  /** Whoever fails to take it keeps no other from it. */
  #tell(current: CurrentPolicy): void {
    for (const listener of this.#listeners) {
      try {
        listener(current);
      } catch (thrown) {
        const { revision } = current;
        this.#parts.log.error(
          { err: thrown, revision },
          'a policy in force was not taken everywhere',
        );
      }
    }
  }

  /** The same files are read once. */
  async #read(files: readonly PolicyFile[]): Promise<GuardrailReading> {
    if (files.length === 0) return NO_GUARDRAILS;
    const text = JSON.stringify(files);
    if (this.#lastRead?.text !== text) {
      this.#lastRead = { text, reading: await this.#parts.readGuardrails(files) };
    }
    return this.#lastRead.reading;
  }

  async #make(): Promise<void> {
    const { sources, identitiesOf, defaultMode, clock, log, onMade } = this.#parts;
    const known = this.#known;
    if (known === undefined) return;
    const startedAt = performance.now();
    try {
      const said = await sources.all();
      const guardrails = await this.#read(said.guardrails);
      const { policy, diagnostics } = makePolicy(
        said,
        {
          estate: known.judged,
          records: known.records,
          identities: identitiesOf(known.records),
          defaultMode,
        },
        guardrails,
      );
      const revision = await revisionOf(policy);
      if (revision === this.#current?.revision) {
        // what is wrong with files may change, and which files they are, where what holds does not
        const text = JSON.stringify([said, diagnostics]);
        const { current } = this;
        if (text === JSON.stringify([current?.sources, current?.diagnostics])) return;
        this.#current = { ...this.#current, sources: said, diagnostics };
        return;
      }
      const engine = new Engine(policy, new CedarJudge(policy.guardrails));
      this.#current = { revision, policy, engine, sources: said, diagnostics, since: clock() };
      this.#tell(this.#current);
      const seconds = (performance.now() - startedAt) / 1_000;
      onMade?.(seconds);
      log.info({ revision, grants: policy.grants.length, seconds }, 'policy in force');
    } catch (thrown) {
      log.error({ err: thrown }, 'no policy can be made; the last stays in force');
    }
  }
}
