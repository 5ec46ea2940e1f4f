import { oncePer } from '../../base/once.ts';
import { entryOf, type Fields, isFields, listAt, textAt, textsAt } from '../../base/pick.ts';

type Labels = Readonly<Record<string, string>>;

/** Whether a LabelSelector (`matchLabels`, `matchExpressions`) selects these labels. An empty
 *  selector selects everything and an absent one nothing; an operator that does not exist selects
 *  nothing.
 *  @see Kubernetes API, meta/v1 LabelSelector */
export function matchesSelector(selector: unknown, labels: Labels): boolean {
  if (!isFields(selector)) return false;
  const { wanted, terms } = termsOf(selector);
  return (
    matchesLabels(wanted, labels) &&
    (terms.length === 0 || terms.every((term) => matchesExpression(term, labels)))
  );
}

/** Selectors are asked about every workload, so what they say is taken out of them once. */
const termsOf = oncePer((selector: Fields) => ({
  wanted: textsAt(selector, 'matchLabels'),
  terms: listAt(selector, 'matchExpressions'),
}));

/** Whether every wanted label is there with its value, as the selectors of Services have it. */
export function matchesLabels(wanted: Labels, labels: Labels): boolean {
  for (const key of Object.keys(wanted)) {
    if (!Object.hasOwn(labels, key) || labels[key] !== wanted[key]) return false;
  }
  return true;
}

const OPERATORS: Record<string, (value: string | undefined, values: readonly string[]) => boolean> =
  {
    In: (value, values) => value !== undefined && values.includes(value),
    NotIn: (value, values) => value === undefined || !values.includes(value),
    Exists: (value) => value !== undefined,
    DoesNotExist: (value) => value === undefined,
  };

function matchesExpression(term: unknown, labels: Labels): boolean {
  const key = textAt(term, 'key');
  const operator = textAt(term, 'operator') ?? '';
  if (key === undefined || !Object.hasOwn(OPERATORS, operator)) return false;
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  const values = listAt(term, 'values').map((item) => textAt(item) ?? '');
  return entryOf(OPERATORS, operator)?.(value, values) ?? false;
}
