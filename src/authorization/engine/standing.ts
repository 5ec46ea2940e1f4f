import type { Source } from '../../estate/words.ts';
import type { GuardContext, GuardedCall, GuardrailJudge } from '../model/index.ts';
import { contains, EVERY_METHOD, type OperationPattern } from '../operations/index.ts';
import type { KnownEndpoints } from './known-endpoints.ts';
import type { Tables } from './tables.ts';
import { NO_SPOT, type Verdicts } from './verdicts.ts';

/** What stands about something that a principal may do: the guardrails to be asked each time, and who declares it. */
export interface Standing {
  /** Sorted. */
  readonly conditions: readonly string[];
  readonly because: readonly Source[];
}

/** A wide grant as it stands for one method. */
export interface WideGrant {
  readonly operation: Extract<OperationPattern, { kind: 'every' | 'http' }>;
  readonly source: Source;
}

/** What one relation comes to, spot by spot, whatever is requested. */
export class RelationStanding {
  readonly tables: Tables;
  readonly callee: number;
  readonly wide: readonly WideGrant[];
  /** Grants of one spot, by spot. */
  readonly narrow: ReadonlyMap<number, readonly Source[]>;
  readonly #relation: number;
  readonly #judge: GuardrailJudge;
  readonly #endpoints: KnownEndpoints;
  readonly #verdicts: Verdicts;
  readonly #conditions = new Map<string, readonly string[] | undefined>();

  constructor(
    tables: Tables,
    judge: GuardrailJudge,
    endpoints: KnownEndpoints,
    verdicts: Verdicts,
    relation: number,
  ) {
    this.tables = tables;
    this.callee = tables.relations.callees[relation] ?? 0;
    this.#relation = relation;
    this.#judge = judge;
    this.#endpoints = endpoints;
    this.#verdicts = verdicts;
    const { wide, narrow } = grantsOf(tables, relation);
    this.wide = wide;
    this.narrow = narrow;
  }

  /** What stands at a spot for a method (by name), which is `sent`, or goes by, another one; undefined: nobody of the
   *  principal is let in. */
  at(spot: number, method: string, sent = method): Standing | undefined {
    const because = [...(this.narrow.get(spot) ?? []), ...this.#wideSourcesFor(spot, method)];
    if (because.length === 0 || this.#endpoints.isBlocked(spot)) return undefined;
    const conditions = this.#conditionsAt(spot, sent);
    return conditions && { conditions, because };
  }

  /** The guardrails to be asked where nothing is known; undefined: nobody is let in there. */
  whereUnknown(sent: string): readonly string[] | undefined {
    return this.wide.length === 0 ? undefined : this.#conditionsAt(NO_SPOT, sent);
  }

  #wideSourcesFor(spot: number, method: string): Source[] {
    const { spots, paths } = this.tables.callees;
    const pattern = paths.patterns[spots.paths[spot] ?? -1];
    return this.wide.flatMap(({ operation, source }) => {
      if (operation.kind === 'every') return [source];
      const isOfMethod = operation.method === EVERY_METHOD || operation.method === method;
      return pattern && isOfMethod && contains(operation.path, pattern) ? [source] : [];
    });
  }

  /** The guardrails to be asked; undefined: one forbids or fails whatever is requested. */
  #conditionsAt(spot: number, sent: string): readonly string[] | undefined {
    const key = `${spot} ${sent}`;
    if (!this.#conditions.has(key)) {
      const given = sent === EVERY_METHOD ? {} : { method: sent };
      this.#conditions.set(key, this.#ask(this.#verdicts.callsOf(this.#relation, spot), given));
    }
    return this.#conditions.get(key);
  }

  #ask(calls: readonly GuardedCall[], given: Partial<GuardContext>): readonly string[] | undefined {
    const ids = new Set<string>();
    for (const call of calls) {
      const standing = this.#judge.standing(call, given);
      if (standing.kind === 'forbids' || standing.kind === 'failed') return undefined;
      if (standing.kind !== 'depends') continue;
      if (standing.denies) return undefined;
      for (const id of standing.ids) ids.add(id);
    }
    return [...ids].sort();
  }
}

function grantsOf(
  { relations, grants, callees }: Tables,
  relation: number,
): { wide: WideGrant[]; narrow: Map<number, Source[]> } {
  const wide: WideGrant[] = [];
  const narrow = new Map<number, Source[]>();
  const callee = relations.callees[relation] ?? 0;
  const end = relations.firstGrant[relation + 1] ?? 0;
  for (let at = relations.firstGrant[relation] ?? 0; at < end; at++) {
    const number = relations.grants[at] ?? 0;
    const operation = grants.operations[number];
    const source = grants.all[number]?.source;
    const spot = callees.spotOfGrant(number, callee);
    if (!source || !operation) continue;
    if (spot !== -1) narrow.set(spot, [...(narrow.get(spot) ?? []), source]);
    else if (operation.kind !== 'named') wide.push({ operation, source });
  }
  return { wide, narrow };
}
