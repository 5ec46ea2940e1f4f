import { compareDiagnostics, type Diagnostic } from '../../base/diagnostic.ts';
import type { Network, NetworkEntry } from '../../estate/index.ts';
import type { Selection } from './selection.ts';

export function lint(
  _network: Network,
  _selection: Selection,
  _isBlocked: (entry: NetworkEntry) => boolean,
): readonly Diagnostic[] {
  return ([] as Diagnostic[]).sort(compareDiagnostics);
}
