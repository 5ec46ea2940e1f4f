import { pick } from '../../../base/pick.ts';
import { TargetFault, type TargetTrouble } from '../../rotation/rotator.ts';
import { networkFault } from '../network.ts';

const ADMINISTRATOR =
  'give the administrator the tag `administrator` (rabbitmqctl set_user_tags): no less can change users';

/** Why the HTTP API lets nobody in; its words are the same in every version. */
const REASONS: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  'Login failed': [
    'it refuses the password, or the user',
    'write the value of the administrator anew',
  ],
  'Not administrator user': ['the administrator may not do this', ADMINISTRATOR],
  'Not management user': ['the administrator may not use the HTTP API', ADMINISTRATOR],
  'User can only log in via localhost': [
    'the user may log in from the machine of the broker only',
    'use another one than `guest`, or see `loopback_users`',
  ],
};

/** An answer of the HTTP API that is not what was asked for. */
export class ApiError extends Error {
  readonly status: number;
  /** One of those known here; undefined: another one, or none. */
  readonly reason: string | undefined;

  constructor(status: number, body: unknown) {
    super(`status ${status}`);
    this.status = status;
    const reason = pick(body, 'reason');
    this.reason = typeof reason === 'string' && Object.hasOwn(REASONS, reason) ? reason : undefined;
  }
}

const STATUSES: readonly (readonly [
  from: number,
  to: number,
  trouble: TargetTrouble,
  why: string,
  hint?: string,
])[] = [
  [
    200,
    399,
    'changed',
    'that is no answer of RabbitMQ',
    'see whether `management` names its HTTP API, and the plugin rabbitmq_management is on',
  ],
  [401, 403, 'denied', 'it does not let the administrator in, or do this', ADMINISTRATOR],
  [404, 404, 'changed', 'there is no such user or virtual host', 'see whether it was deleted'],
  [
    405,
    405,
    'invalid',
    'it does not know this request',
    'RabbitMQ 3.10 or later is needed, with its management plugin',
  ],
  [408, 408, 'unreachable', 'it is too slow'],
  [429, 429, 'unreachable', 'it is asked too often'],
  [400, 499, 'denied', 'it does not do this'],
  [500, 599, 'unreachable', 'it starts, ends, or has a fault of its own'],
];

/** Says what an error means, in words of our own.
 *  @param doing what was tried, without any value */
export function faultOf(error: unknown, place: string, doing: string): TargetFault {
  if (error instanceof TargetFault) return error;
  const network = networkFault(error, place);
  if (network) return network;
  if (!(error instanceof ApiError)) {
    return new TargetFault(
      'unreachable',
      `${place}: ${doing}: no answer in time, or the connection failed`,
      'see whether it is overloaded, and whether it speaks TLS at this port where `tls` is not `off`',
    );
  }
  const { status, reason } = error;
  const known = reason === undefined ? undefined : REASONS[reason];
  if (known) return new TargetFault('denied', `${place}: ${doing}: ${known[0]}`, known[1]);
  const row = STATUSES.find(([from, to]) => status >= from && status <= to);
  const [, , trouble, why, hint] = row ?? [0, 0, 'denied' as const, 'it does not do this'];
  return new TargetFault(trouble, `${place}: ${doing}: ${why} (status ${status})`, hint);
}

/** Whether it is this value that the HTTP API refuses. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 401 && error.reason === 'Login failed';

/** Whether the HTTP API took the value, and does not let its user in all the same. */
export const isNotForUser = (error: unknown): boolean =>
  error instanceof ApiError && error.reason === 'Not management user';
