import { contains, isWide, type OperationPattern, sameShape } from '../../operations/index.ts';
import type { KnownOperation } from './callees.ts';

/** Whether an operation of a grant covers what is known, whatever the methods of the two. */
export function coversPath(operation: OperationPattern, known: KnownOperation): boolean {
  if (operation.kind === 'every') return true;
  if (operation.kind === 'named' || known.kind === 'named') {
    return (
      operation.kind === 'named' &&
      known.kind === 'named' &&
      operation.protocol === known.protocol &&
      operation.name === known.name
    );
  }
  return isWide(operation)
    ? contains(operation.path, known.path)
    : sameShape(operation.path, known.path);
}

/** Whether some method of an operation of a grant is one of what is known. */
export function sharesMethod(operation: OperationPattern, known: KnownOperation): boolean {
  if (operation.kind === 'every') return true;
  const isEvery = operation.method === '*' || known.method === '*';
  return isEvery || operation.method === known.method;
}

/** Whether it covers requests for what nobody knows. */
export function coversUnknown(operation: OperationPattern): boolean {
  return operation.kind === 'every' || (operation.kind === 'http' && operation.path.hasWildcards);
}
