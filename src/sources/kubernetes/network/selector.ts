import { quote } from '../../../base/fault.ts';
import { entryOf, isFields, listAt, pick, textAt } from '../../../base/pick.ts';
import type { LabelSelector, LabelTerm } from '../../../estate/index.ts';
import { complain, type Field, inside } from './field.ts';

/** How many values each operator takes. */
const OPERATORS: Record<string, 'some' | 'none'> = {
  In: 'some',
  NotIn: 'some',
  Exists: 'none',
  DoesNotExist: 'none',
};

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** A LabelSelector; undefined where the API server would refuse it, which has been told then.
 *  @see Kubernetes API, meta/v1 LabelSelector */
export function toSelector(field: Field): LabelSelector | undefined {
  if (field.value === undefined || field.value === null) return [];
  if (!isFields(field.value)) return refused(field, 'is no label selector');
  const labels = pick(field.value, 'matchLabels');
  const listed = isFields(labels) ? Object.entries(labels) : [];
  const terms = [
    ...listed.map(([key, value]) =>
      toTerm(inside(field, undefined, 'matchLabels', key), key, 'In', [value]),
    ),
    ...listAt(field.value, 'matchExpressions').map((term, index) =>
      toTerm(
        inside(field, term, 'matchExpressions', index),
        textAt(term, 'key') ?? '',
        textAt(term, 'operator') ?? '',
        listAt(term, 'values'),
      ),
    ),
  ];
  const valid = terms.filter((term) => term !== undefined);
  return valid.length === terms.length ? valid : undefined;
}

function toTerm(
  field: Field,
  key: string,
  operator: string,
  values: readonly unknown[],
): LabelTerm | undefined {
  if (!isLabelKey(key)) return refused(field, `${quote(key)} is no key of a label`);
  const takes = entryOf(OPERATORS, operator);
  if (takes === undefined) return refused(field, `${quote(operator)} is no operator of a selector`);
  if (takes === 'some' && values.length === 0) return refused(field, `${operator} needs values`);
  if (takes === 'none' && values.length > 0) return refused(field, `${operator} takes no values`);
  const texts = values.map((value) => textAt(value) ?? '');
  const wrong = texts.find((text) => !isLabelValue(text));
  if (wrong !== undefined) return refused(field, `${quote(wrong)} is no value of a label`);
  return { key, operator: operator as LabelTerm['operator'], values: [...new Set(texts)].sort() };
}

function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/');
  if (slash === -1) return NAME.test(key);
  return PREFIX.test(key.slice(0, slash)) && NAME.test(key.slice(slash + 1));
}

function isLabelValue(value: string): boolean {
  return value === '' || NAME.test(value);
}

function refused(field: Field, what: string): undefined {
  complain(
    field,
    'error',
    'selector-malformed',
    `${what}, so this selects nobody here`,
    'use In, NotIn, Exists or DoesNotExist, with labels as Kubernetes takes them',
  );
  return undefined;
}

/** The namespace of this name. */
export function namespaceNamed(name: string): LabelSelector {
  return [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [name] }];
}
