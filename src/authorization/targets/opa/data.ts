import { compareText, toPlace } from '../../../base/diagnostic.ts';
import type { OperationRule, PolicyService, Reason } from '../../model/index.ts';
import type { OpaKnown } from './known.ts';
import type { OpaPattern, OpaPatterns } from './pattern.ts';

/** What our policy in Rego decides by, as `data.reeve.policy`. */
export interface OpaData {
  /** Ids of services by what enforcement points call them. */
  readonly names: Readonly<Record<string, string>>;
  /** The first service of every identity that is known. */
  readonly callers: Readonly<Record<string, string>>;
  readonly services: Readonly<Record<string, OpaService>>;
}

export interface OpaService {
  readonly mode: PolicyService['mode'];
  /** The place in `rules` of each identity that is let in to anything, or would be. */
  readonly callers: Readonly<Record<string, number>>;
  readonly rules: readonly OpaCaller[];
  /** Identities that declare calls of it which come to nothing. */
  readonly declared: readonly string[];
  readonly known: OpaKnown;
  /** What guardrails deny a caller, by its place in `rules`, for operations as they are called. */
  readonly denials: Readonly<Record<string, Readonly<Record<string, OpaDenial>>>>;
}

export interface OpaDenial {
  readonly reason: Reason;
  readonly message: string;
}

/** What one caller may do. */
export interface OpaCaller {
  readonly allowed: OpaRules;
  /** What guardrails have to be asked about each time, which OPA cannot. */
  readonly asked?: OpaRules;
  /** What it might do without guardrails and blocked endpoints, where that is more. */
  readonly covered?: OpaRules;
}

/** By protocol and method; `*`: every method but some. */
export type OpaRules = Readonly<Record<string, Readonly<Record<string, readonly OpaRule[]>>>>;

export type OpaRule = {
  /** The place of the declaration. */
  readonly at: string;
  /** Of rules for `*`. */
  readonly except_methods?: readonly string[];
} & (
  | {
      readonly path: OpaPattern;
      readonly also?: readonly OpaPattern[];
      readonly except?: readonly OpaPattern[];
    }
  | { readonly name: string; readonly except?: readonly string[] }
);

/** Rules by protocol and method. */
export function toOpaRules(rules: readonly OperationRule[], patterns: OpaPatterns): OpaRules {
  const sorted = rules.toSorted((a, b) => compareText(keyOf(a), keyOf(b)));
  const byProtocol = Map.groupBy(sorted, ({ protocol }) => protocol);
  return Object.fromEntries(
    [...byProtocol].map(([protocol, own]) => {
      const byMethod = Map.groupBy(own, ({ method }) => method);
      const read = [...byMethod].map(([method, same]) => [
        method,
        same.flatMap((one) => toOpaRule(one, patterns)),
      ]);
      return [protocol, Object.fromEntries(read)];
    }),
  );
}

const keyOf = (rule: OperationRule): string =>
  JSON.stringify([
    rule.protocol,
    rule.method,
    rule.path,
    rule.also,
    rule.except,
    rule.exceptMethods,
  ]);

/** None where it cannot be read. */
function toOpaRule(rule: OperationRule, patterns: OpaPatterns): OpaRule[] {
  const { protocol, method, exceptMethods, path, also, except, because } = rule;
  const [at = ''] = because.map(toPlace).sort(compareText);
  const common = { at, ...(method === '*' && { except_methods: exceptMethods.toSorted() }) };
  if (protocol !== 'http') return [{ ...common, name: path, ...filled('except', except) }];
  const pattern = patterns.of(path, 'exact');
  const narrower = also.map((text) => patterns.of(text, 'folded'));
  const others = except.toSorted(compareText).map((text) => patterns.of(text, 'folded'));
  if (!pattern || !narrower.every(isRead) || !others.every(isRead)) return [];
  return [{ ...common, path: pattern, ...filled('also', narrower), ...filled('except', others) }];
}

/** What is empty is left out. */
const filled = (name: string, values: readonly unknown[]) =>
  values.length > 0 ? { [name]: values } : {};

const isRead = <Value>(value: Value | undefined): value is Value => value !== undefined;
