import type { LabelSelector, Labels, LabelTerm } from '../../estate/index.ts';

const HOLDS: Record<
  LabelTerm['operator'],
  (value: string | undefined, values: readonly string[]) => boolean
> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
};

/** Whether labels are what a selector wants.
 *  @see Kubernetes API, meta/v1 LabelSelector */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  return selector.every(({ key, operator, values }) =>
    HOLDS[operator](labelOf(labels, key), values),
  );
}

export function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

/** The same text for selectors that mean the same by their words. */
export function selectorKey(selector: LabelSelector): string {
  return selector
    .map(({ key, operator, values }) => `${key} ${operator} ${values.join()}`)
    .sort()
    .join(';');
}
