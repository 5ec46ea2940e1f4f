import type { Endpoint } from '../estate/index.ts';

/** What is known of an endpoint when its status is judged. */
export interface Signs {
  readonly isDeclared: boolean;
  readonly isImplemented: boolean;
  readonly isObserved: boolean;
  /** Only the platform calls it: it answers, whether or not code of it was read. */
  readonly isOperational: boolean;
  /** Deprecated by a source or a person, or of a retired service. */
  readonly isRetired: boolean;
  /** Called within the time that counts as now. */
  readonly isCalled: boolean;
  readonly isOwned: boolean;
}

/** In this order:
 *
 *  - shadow: there is reason to believe that it exists, and no declaration;
 *  - zombie: deprecated or of a retired service, and still called;
 *  - dormant: declared, but neither implemented nor observed, ever;
 *  - unowned: declared and alive, but nobody answers for it;
 *  - governed: the rest.
 *
 *  That nobody has called an endpoint for long is no status: it exists, and may be asked for again.
 *  Where its service is watched, that is a finding (`inventory/uncalled-endpoint`). */
export function statusOf(signs: Signs): Endpoint['status'] {
  if (!signs.isDeclared) return 'shadow';
  if (signs.isRetired && signs.isCalled) return 'zombie';
  if (!signs.isImplemented && !signs.isObserved && !signs.isOperational) return 'dormant';
  return signs.isOwned ? 'governed' : 'unowned';
}
