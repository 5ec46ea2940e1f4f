import type { LabelSelector, Labels, LabelTerm } from '../../../estate/index.ts';

/** What terms say together of one label. */
interface Constraint {
  /** The values that it may have; undefined: any. */
  readonly values: readonly string[] | undefined;
  readonly refused: ReadonlySet<string>;
  readonly mustExist: boolean;
  readonly mustNotExist: boolean;
}

/** Whether all labels that a selector selects are also selected by another. */
export function implies(selector: LabelSelector, other: LabelSelector): boolean {
  return other.every((term) => TESTS[term.operator](constraintOn(selector, term.key), term.values));
}

/** Whether a selector can select nothing, whatever labels there are. */
export function isContradiction(selector: LabelSelector): boolean {
  return selector.some(({ key }) => {
    const { values, mustExist, mustNotExist } = constraintOn(selector, key);
    return values?.length === 0 || (mustExist && mustNotExist);
  });
}

/** The selector of exactly these values. */
export function termsOf(labels: Labels): LabelSelector {
  return Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
}

const TESTS: Record<LabelTerm['operator'], (by: Constraint, values: readonly string[]) => boolean> =
  {
    In: (by, values) => by.values?.every((value) => values.includes(value)) ?? false,
    NotIn: (by, values) =>
      by.mustNotExist ||
      (by.values
        ? !by.values.some((value) => values.includes(value))
        : values.every((value) => by.refused.has(value))),
    Exists: (by) => by.mustExist,
    DoesNotExist: (by) => by.mustNotExist,
  };

function constraintOn(selector: LabelSelector, key: string): Constraint {
  const terms = selector.filter((term) => term.key === key);
  const of = (operator: LabelTerm['operator']) => terms.filter((one) => one.operator === operator);
  const refused = new Set(of('NotIn').flatMap(({ values }) => values));
  const [first, ...others] = of('In');
  const values = first?.values.filter(
    (value) => !refused.has(value) && others.every((other) => other.values.includes(value)),
  );
  return {
    values,
    refused,
    mustExist: first !== undefined || of('Exists').length > 0,
    mustNotExist: of('DoesNotExist').length > 0,
  };
}
