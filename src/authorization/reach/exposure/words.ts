import type { LabelSelector, LabelTerm, PodSelector } from '../../../estate/index.ts';

export const NAME_LABEL = 'kubernetes.io/metadata.name';

/** `backend/[all pods]`, `[namespace with {team=web}]/[pod with {app in (api, web)}]`. */
export function selectorText(selector: PodSelector): string {
  return `${namespacesText(selector)}/${podsText(selector.pods)}`;
}

function namespacesText({ namespaces, sameLabels = [], notSameLabels = [] }: PodSelector): string {
  const [only] = namespaces;
  const relative = [
    ...sameLabels.map((key) => `same ${key}`),
    ...notSameLabels.map((key) => `other ${key}`),
  ];
  if (relative.length === 0) {
    if (!only) return '[all namespaces]';
    if (namespaces.length === 1 && only.key === NAME_LABEL && isOne(only))
      return only.values[0] ?? '';
  }
  return `[namespace with {${[...namespaces.map(termText), ...relative].join(', ')}}]`;
}

function podsText(pods: LabelSelector): string {
  return pods.length === 0 ? '[all pods]' : `[pod with {${pods.map(termText).join(', ')}}]`;
}

function isOne({ operator, values }: LabelTerm): boolean {
  return operator === 'In' && values.length === 1;
}

/** As `kubectl --selector` takes it. */
function termText(term: LabelTerm): string {
  const { key, operator, values } = term;
  if (isOne(term)) return `${key}=${values[0]}`;
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(', ')})`;
}
