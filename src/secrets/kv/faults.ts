import { listAt } from '../../base/pick.ts';
import { TargetFault, type TargetTrouble } from '../rotation/rotator.ts';
import type { Answer } from './request.ts';

/** By status: what it means, and what may be done.
 *  @see https://openbao.org/api-docs/#http-status-codes */
const STATUSES: Readonly<Record<number, readonly [TargetTrouble, string, string?]>> = {
  400: ['invalid', 'it refuses the request', 'see whether the engine is KV, version 2'],
  403: ['denied', 'it does not let Reeve do this', 'see its policy, and whether the token lives'],
  404: ['changed', 'there is nothing of that name', 'look at `mount`, `path` and `namespace`'],
  405: ['invalid', 'it does not know this request', 'the engine has to be KV, version 2'],
  412: ['unreachable', 'it has not caught up with what was written'],
  429: ['unreachable', 'it has too much to do'],
  472: ['unreachable', 'it is a standby for disasters'],
  473: ['unreachable', 'it is a standby'],
  503: ['unreachable', 'it is sealed, or in maintenance'],
};

/** How the engine says that a version has moved on: it knows no status for that. */
const MOVED_ON = /check-and-set parameter did not match|check-and-set parameter required/;

/** What an answer that is no success means; what the server says is not passed on. */
export function faultOf(answer: Answer, doing: string): TargetFault {
  if (hasMovedOn(answer)) {
    const hint = 'see who else writes there; when it is as it should be, try again';
    return new TargetFault('changed', `${doing}: somebody else wrote there meanwhile`, hint);
  }
  const { status } = answer;
  const [trouble, why, hint] = STATUSES[status] ?? ['unreachable', 'it is not well'];
  return new TargetFault(trouble, `${doing}: ${why} (status ${status})`, hint);
}

function hasMovedOn({ status, body }: Answer): boolean {
  return status === 400 && listAt(body, 'errors').some((said) => MOVED_ON.test(String(said)));
}
