import { pick } from '../../../base/pick.ts';
import { TargetFault, type TargetTrouble } from '../../rotation/rotator.ts';
import { networkFault } from '../network.ts';

/** By the beginning of an SQLSTATE, the longest first: what it means, and what may be done.
 *  @see PostgreSQL, appendix A */
const STATES: readonly (readonly [string, TargetTrouble, string, string?])[] = [
  [
    '28000',
    'denied',
    'it does not let this address or account in',
    'see pg_hba.conf of the server',
  ],
  ['28P01', 'denied', 'it refuses the password', 'write the value of the administrator anew'],
  ['22023', 'refused', 'it refuses the password’s verifier, by a rule of its own'],
  ['25006', 'unreachable', 'it is a standby, which takes no changes'],
  ['3D000', 'changed', 'it has no such database', 'see whether the plan names the right server'],
  ['42501', 'denied', 'the administrator may not do this', 'give it ADMIN OPTION on the roles'],
  ['42704', 'changed', 'there is no such role or object', 'see whether the role was dropped'],
  ['XX000', 'unreachable', 'somebody else changed the same at the same time'],
  ['08', 'unreachable', 'the connection failed'],
  ['40', 'unreachable', 'the transaction was rolled back'],
  ['53', 'unreachable', 'it has no connections or memory left'],
  ['55', 'unreachable', 'somebody else holds what is to be changed'],
  ['57', 'unreachable', 'it starts, ends, or took too long'],
];

/** The SQLSTATE of an error, where the server gave one. */
export function stateOf(error: unknown): string | undefined {
  const code = pick(error, 'code');
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Says what an error of the driver means, in words of our own: the driver's quote statements.
 *  @param doing what was tried, without any value */
export function faultOf(error: unknown, place: string, doing: string): TargetFault {
  if (error instanceof TargetFault) return error;
  const network = networkFault(error, place);
  if (network) return network;
  const state = stateOf(error);
  if (state === undefined) {
    return new TargetFault(
      'unreachable',
      `${place}: ${doing}: no answer in time, or the connection failed`,
    );
  }
  const [, trouble, why, hint] = STATES.find(([start]) => state.startsWith(start)) ?? [
    '',
    'denied' as const,
    'the server does not do it',
  ];
  return new TargetFault(trouble, `${place}: ${doing}: ${why} (SQLSTATE ${state})`, hint);
}

/** Whether it is this value that a server refuses. One that lets nobody in from here has not looked at it. */
export function isRefusal(error: unknown): boolean {
  const state = stateOf(error);
  return (
    state === '28P01' || (state === '28000' && pick(error, 'routine') !== 'ClientAuthentication')
  );
}
