import { compareText } from '../../../base/diagnostic.ts';
import type { OperationRule, PolicyService } from '../../model/index.ts';
import type { OpaDeclared } from './declared.ts';
import type { OpaGuarded } from './guarded.ts';
import type { OpaKnown } from './known-data.ts';
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
  /** The place in `rules` of each identity that declares calls of it. */
  readonly callers: Readonly<Record<string, number>>;
  readonly rules: readonly OpaCaller[];
  readonly known: OpaKnown;
}

/** What one caller may do. */
export interface OpaCaller {
  /** Let in whatever is requested. */
  readonly allowed: OpaRules;
  readonly declared: OpaDeclared;
  /** Absent: guardrails have nothing to say. */
  readonly guarded?: OpaGuarded;
}

/** By protocol and method; `*`: every method but some. */
export type OpaRules = Readonly<Record<string, Readonly<Record<string, readonly OpaRule[]>>>>;

export type OpaRule = {
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

/** Rules by protocol and method: those that differ in who declares them are one. */
export function toOpaRules(rules: readonly OperationRule[], patterns: OpaPatterns): OpaRules {
  const unique = new Map(rules.map((rule) => [keyOf(rule), rule]));
  const sorted = [...unique].sort(([a], [b]) => compareText(a, b)).map(([, rule]) => rule);
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
  const { protocol, method, exceptMethods, path, also, except } = rule;
  const common = method === '*' && { except_methods: exceptMethods.toSorted() };
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
