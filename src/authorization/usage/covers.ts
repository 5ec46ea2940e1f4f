import { contains, EVERY_METHOD, type OperationPattern, sameShape } from '../operations/index.ts';

/** Whether a declared operation allows one that was used, blocked endpoints and guardrails aside. */
export function covers(declared: OperationPattern, used: OperationPattern): boolean {
  if (declared.kind === 'every') return true;
  if (declared.kind === 'named' || used.kind !== 'http') {
    return (
      declared.kind === 'named' &&
      used.kind === 'named' &&
      declared.method === used.method &&
      declared.name === used.name
    );
  }
  const isMethod =
    declared.method === EVERY_METHOD ||
    declared.method === used.method ||
    (declared.method === 'GET' && used.method === 'HEAD');
  if (!isMethod) return false;
  return declared.path.hasWildcards
    ? contains(declared.path, used.path)
    : sameShape(declared.path, used.path);
}
