import { Fault, type FaultDetails, quote } from '../../../base/fault.ts';
import { textAt } from '../../../base/pick.ts';

/** An API server that did not do what it was asked.
 *  Codes: `cluster/unauthenticated`, `cluster/forbidden`, `cluster/not-found`, `cluster/conflict`,
 *  `cluster/invalid`, `cluster/version-gone` (list again), `cluster/too-many`, `cluster/too-large`, `cluster/malformed`, `cluster/unavailable`. */
export class ApiFault extends Fault {
  /** When the server wants to be asked again. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    message: string,
    details: FaultDetails & { retryAfterMs?: number } = {},
  ) {
    super(`cluster/${code}`, message, details);
    this.retryAfterMs = details.retryAfterMs;
  }
}

const CODES: Readonly<Record<number, string>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  410: 'version-gone',
  422: 'invalid',
  429: 'too-many',
};
const HINTS: Readonly<Record<number, string>> = {
  401: 'give the cluster a kubeconfig whose credentials hold',
  403: 'bind the ClusterRole of deploy/kubernetes to the account',
};
const MAX_RETRY_AFTER_SECONDS = 3_600;

/** What an answer that is no success means. `status` is the Status object that came with it, if any. */
export function toApiFault(
  http: number,
  what: string,
  status: unknown,
  retryAfter?: string | undefined,
): ApiFault {
  const code = CODES[http] ?? (isOutdated(status) ? 'version-gone' : 'unavailable');
  const said = textAt(status, 'message');
  const why = said === undefined ? '' : `: ${quote(said, 200)}`;
  const hint = HINTS[http];
  const seconds = Number(retryAfter ?? textAt(status, 'details', 'retryAfterSeconds'));
  return new ApiFault(code, `${what} was answered with ${http}${why}`, {
    ...(hint !== undefined && { hint }),
    ...(seconds > 0 && { retryAfterMs: Math.min(seconds, MAX_RETRY_AFTER_SECONDS) * 1_000 }),
  });
}

/** A server that was set back knows none of the versions that it gave before. */
function isOutdated(status: unknown): boolean {
  const reason = textAt(status, 'reason');
  const said = textAt(status, 'message') ?? '';
  return reason === 'Expired' || reason === 'Gone' || said.includes('Too large resource version');
}
