import { compareText, toPlace } from '../../../base/diagnostic.ts';
import { EVERY_METHOD, type OperationPattern } from '../../operations/index.ts';
import type { ReadGrant } from './callers.ts';
import type { KnownMethod, KnownOperations } from './known.ts';
import type { OpaPattern, OpaPatterns } from './pattern.ts';

/** What a caller declares of a callee, whatever is blocked or forbidden. */
export interface OpaDeclared {
  /** Of what is known, by protocol and method as there, in the order of `at`. */
  readonly known: Readonly<Record<string, Readonly<Record<string, readonly OpaCovering[]>>>>;
  /** What wildcards cover where nothing is known, in the order of `at`. */
  readonly beyond?: readonly OpaBeyond[];
}

export interface OpaCovering {
  /** The place of the declaration. */
  readonly at: string;
  /** Places among what is known of the method. */
  readonly covers: readonly number[];
}

export interface OpaBeyond {
  /** The place of the declaration. */
  readonly at: string;
  /** Absent: whatever is asked for. */
  readonly path?: OpaPattern;
  /** Absent: every method. */
  readonly method?: string;
}

export function toOpaDeclared(
  grants: readonly ReadGrant[],
  known: KnownOperations,
  patterns: OpaPatterns,
): OpaDeclared {
  const placed = [...Map.groupBy(grants, ({ source }) => toPlace(source))].sort(([a], [b]) =>
    compareText(a, b),
  );
  const beyond = placed.flatMap(([at, same]) =>
    same.flatMap(({ pattern }) => toBeyond(at, pattern, patterns)),
  );
  return { known: ofKnown(placed, known), ...(beyond.length > 0 && { beyond }) };
}

/** Grants by their places. */
type Placed = readonly (readonly [string, readonly ReadGrant[]])[];

function ofKnown(placed: Placed, known: KnownOperations): OpaDeclared['known'] {
  const covered = known.methods
    .map((of) => ({ of, covering: toCovering(placed, of, known) }))
    .filter(({ covering }) => covering.length > 0);
  const byProtocol = Map.groupBy(covered, ({ of }) => of.protocol);
  return Object.fromEntries(
    [...byProtocol].map(([protocol, own]) => [
      protocol,
      Object.fromEntries(own.map(({ of, covering }) => [of.method, covering])),
    ]),
  );
}

function toCovering(placed: Placed, of: KnownMethod, known: KnownOperations): OpaCovering[] {
  return placed.flatMap(([at, same]) => {
    const all = same.flatMap(({ pattern }) => (pattern ? known.coveredBy(pattern, of) : []));
    const covers = [...new Set(all)].sort((a, b) => a - b);
    return covers.length > 0 ? [{ at, covers }] : [];
  });
}

function toBeyond(
  at: string,
  operation: OperationPattern | undefined,
  patterns: OpaPatterns,
): OpaBeyond[] {
  if (operation?.kind === 'every') return [{ at }];
  if (operation?.kind !== 'http' || !operation.path.hasWildcards) return [];
  const { method, path } = operation;
  const exact = patterns.of(path.text, 'exact');
  return exact ? [{ at, path: exact, ...(method !== EVERY_METHOD && { method }) }] : [];
}
