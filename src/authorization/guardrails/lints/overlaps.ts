import type { Diagnostic } from '../../../base/diagnostic.ts';
import { quote } from '../../../base/fault.ts';
import type { Guardrail } from '../../model/index.ts';
import { placeIn } from './place.ts';

/** A guardrail in parts that can be compared. */
interface Parts {
  readonly guardrail: Guardrail;
  /** Of principal, action and resource; undefined: all. */
  readonly scope: readonly (string | undefined)[];
  readonly conditions: ReadonlySet<string>;
}

/** Guardrails that say what another says, or less: the wider one forbids all that they forbid. */
export function overlaps(guardrails: readonly Guardrail[]): Diagnostic[] {
  const all = guardrails.flatMap(partsOf);
  return all.flatMap((one, index) => {
    const wider = all.find((other, at) => at !== index && isWithin(one, other, index, at));
    return wider === undefined ? [] : [toDiagnostic(one, wider)];
  });
}

function partsOf(guardrail: Guardrail): Parts[] {
  if (guardrail.json === undefined) return [];
  const { principal, action, resource, conditions } = guardrail.json;
  const scope = [principal, action, resource].map((part) => {
    const { op } = part as { op?: unknown };
    return op === 'All' ? undefined : canonical(part);
  });
  return [{ guardrail, scope, conditions: new Set((conditions as unknown[]).map(canonical)) }];
}

/** Of two that say the same, the later is within the earlier. */
function isWithin(narrow: Parts, wide: Parts, narrowAt: number, wideAt: number): boolean {
  const isCovered =
    wide.scope.every((part, at) => part === undefined || part === narrow.scope[at]) &&
    wide.conditions.isSubsetOf(narrow.conditions);
  return isCovered && (wideAt < narrowAt || !isSame(narrow, wide));
}

function isSame(a: Parts, b: Parts): boolean {
  return (
    a.conditions.size === b.conditions.size && a.scope.every((part, at) => part === b.scope[at])
  );
}

function toDiagnostic(narrow: Parts, wide: Parts): Diagnostic {
  const { id, file, line } = wide.guardrail;
  const other = `${quote(id)} (${file}:${line})`;
  const isRepeated = isSame(narrow, wide);
  return {
    severity: 'warning',
    code: isRepeated ? 'guardrail/repeats' : 'guardrail/shadowed',
    message: isRepeated
      ? `This guardrail says what ${other} says`
      : `All that this guardrail forbids is forbidden by ${other}, too`,
    hint: 'remove one of them',
    ...placeIn(narrow.guardrail),
  };
}

/** Equal for equal JSON, in whatever order its members are. */
function canonical(json: unknown): string {
  return JSON.stringify(json, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
