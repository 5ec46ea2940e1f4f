import { Fault } from '../base/fault.ts';
import type {
  DecisionChange,
  Endpoint,
  EndpointAction,
  EndpointDecision,
  EndpointFact,
  EstateStore,
  StoredDecision,
} from '../estate/index.ts';
import { type Deciding, decide, undo } from '../inventory/workflow/index.ts';
import { type Asking, type CorrectionPorts, Corrections } from './corrections.ts';
import { judgedInTime } from './judged-in-time.ts';

export interface DecisionPorts extends CorrectionPorts {
  /** What a decision about an endpoint says to the judges. */
  readonly toFact: (endpoint: string, decision: EndpointDecision) => EndpointFact;
  /** Told which endpoints are blocked, once the store has that. */
  readonly onBlocked?: (endpoints: readonly string[]) => void;
  /** Judges the estate at once; false where that failed. */
  readonly judge: () => Promise<boolean>;
  /** Longest that an answer waits for the estate to be judged. */
  readonly waitMs?: number;
}

/** What became of one endpoint of a request. */
export interface Decided {
  readonly endpoint: string;
  /** Of the audit entry; null where it was refused. */
  readonly sequence: number | null;
  readonly problem: {
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
  } | null;
  /** As it is judged afterwards; null where that is still going on, or where it is gone. */
  readonly state: Endpoint | null;
}

export interface DecidedAll {
  /** The estate is judged with all of it. */
  readonly judged: boolean;
  readonly results: readonly Decided[];
}

/** Endpoints that are read from the store at a time. */
const READ_TOGETHER = 20;

/** Takes in what people decide: checks it, keeps it with its audit entry, and has it judged. */
export class Decisions {
  readonly store: EstateStore;
  readonly templates: Corrections;
  readonly #ports: DecisionPorts;

  constructor(ports: DecisionPorts) {
    this.store = ports.store;
    this.templates = new Corrections(ports);
    this.#ports = ports;
  }

  /** Decides the same about several endpoints; each is taken or refused by itself. */
  decide(ids: readonly string[], action: EndpointAction, asking: Asking): Promise<DecidedAll> {
    const deciding = this.#deciding(asking);
    return this.#change(ids, async (id) => {
      const [endpoint, before] = await Promise.all([this.#endpoint(id), this.#standing(id)]);
      const { decision, entry } = decide(id, endpoint, before, action, deciding);
      const { endpoint: _, ...said } = decision;
      return { change: 'decide', decision, fact: this.#ports.toFact(id, said), entry };
    });
  }

  /** Takes decisions back. */
  undo(
    ids: readonly string[],
    action: EndpointAction['action'],
    asking: Asking,
  ): Promise<DecidedAll> {
    const deciding = this.#deciding(asking);
    return this.#change(ids, async (id) => {
      const entry = undo(id, await this.#standing(id), action, deciding);
      return { change: 'undo', endpoint: id, action, entry };
    });
  }

  async #change(
    ids: readonly string[],
    toChange: (id: string) => Promise<DecisionChange>,
  ): Promise<DecidedAll> {
    const unique = [...new Set(ids)];
    const asked = await inGroups(unique, (id) => toChange(id).catch(toProblem));
    const changes = asked.filter((one) => 'change' in one);
    const made = await this.store.decide(changes);
    const blocked = changes.flatMap((one, at) => (made[at] ? blockOf(one) : []));
    if (blocked.length > 0) this.#ports.onBlocked?.(blocked);
    const judged = made.length === 0 || (await judgedInTime(this.#ports.judge, this.#ports.waitMs));
    let next = 0;
    const results = asked.map((one): Omit<Decided, 'endpoint' | 'state'> => {
      if (!('change' in one)) return { sequence: null, problem: one };
      const sequence = made[next++]?.sequence ?? null;
      return { sequence, problem: sequence === null ? UNDONE_MEANWHILE : null };
    });
    const states = await inGroups(unique, async (id, index) =>
      judged && results[index]?.problem === null ? await this.#endpoint(id) : undefined,
    );
    return {
      judged,
      results: unique.map((endpoint, index) => ({
        endpoint,
        ...(results[index] ?? { sequence: null, problem: null }),
        state: states[index] ?? null,
      })),
    };
  }

  async #endpoint(id: string): Promise<Endpoint | undefined> {
    const { items } = await this.store.endpoints({ limit: 1, filter: { id } });
    return items[0];
  }

  #standing(id: string): Promise<readonly StoredDecision[]> {
    return this.store.decisions(id);
  }

  #deciding({ actor, reason }: Asking): Deciding {
    return { actor, reason, now: this.#ports.clock() };
  }
}

function blockOf(change: DecisionChange): string[] {
  const isBlock = change.change === 'decide' && change.decision.action === 'block';
  return isBlock ? [change.decision.endpoint] : [];
}

type Problem = NonNullable<Decided['problem']>;

/** Somebody else undid it between the check and the change. */
const UNDONE_MEANWHILE: Problem = {
  code: 'inventory/decision-not-found',
  message: 'It is undone already',
  hint: null,
};

/** What is wrong with one endpoint; what is wrong with the server is everybody's. */
function toProblem(thrown: unknown): Problem {
  if (!(thrown instanceof Fault) || !thrown.code.startsWith('inventory/')) throw thrown;
  return { code: thrown.code, message: thrown.message, hint: thrown.hint ?? null };
}

async function inGroups<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += READ_TOGETHER) {
    const group = items.slice(start, start + READ_TOGETHER);
    results.push(...(await Promise.all(group.map((item, index) => work(item, start + index)))));
  }
  return results;
}
