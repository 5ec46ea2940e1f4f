import { pick } from '../../../base/pick.ts';
import { TargetFault, type TargetTrouble } from '../../rotation/rotator.ts';
import { networkFault } from '../network.ts';

type Meaning = readonly [trouble: TargetTrouble, why: string, hint?: string];

const RIGHTS =
  'give the administrator: +acl|list +acl|setuser +acl|save +config|get +config|rewrite +client|list +client|kill +info +cluster|info';
const WAIT: Meaning = ['unreachable', 'it starts, is busy, or has lost its master'];

/** By the first word of an error, as Redis has them. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  WRONGPASS: [
    'denied',
    'it refuses the password, or the user',
    'write the value of the administrator anew',
  ],
  NOAUTH: ['denied', 'it wants a password', 'write the value of the administrator anew'],
  NOPERM: ['denied', 'the administrator may not do this', RIGHTS],
  DENIED: [
    'denied',
    'its protected mode lets nobody in from here',
    'give the user `default` a password, and let `bind` name the address',
  ],
  LOADING: WAIT,
  BUSY: WAIT,
  MASTERDOWN: WAIT,
  CLUSTERDOWN: WAIT,
  TRYAGAIN: WAIT,
  OOM: ['unreachable', 'it has no memory left'],
};

/** Errors that all begin with `ERR`. */
const GENERAL: readonly (readonly [RegExp, Meaning])[] = [
  [/^ERR max number of clients/, ['unreachable', 'it has no connections left']],
  [
    /^ERR (unknown (sub)?command|wrong number of arguments for 'auth')/i,
    [
      'invalid',
      'it has no such command',
      'users are there from Redis 6 on; it may also have commands renamed, which cannot be worked with',
    ],
  ],
];

/** What Redis says, where it is an error of Redis. */
function replyOf(error: unknown): string | undefined {
  const message = pick(error, 'message');
  return typeof message === 'string' && /^[A-Z]{2,20}( |$)/.test(message) ? message : undefined;
}

/** Says what an error of the driver means, in words of our own: those of Redis quote what was sent.
 *  @param doing what was tried, without any value */
export function faultOf(error: unknown, place: string, doing: string): TargetFault {
  if (error instanceof TargetFault) return error;
  const network = networkFault(error, place);
  if (network) return network;
  const reply = replyOf(error);
  if (reply === undefined) {
    return new TargetFault(
      'unreachable',
      `${place}: ${doing}: no answer in time, or the connection failed`,
      'see whether it is overloaded, and whether it speaks TLS at this port where `tls` is not `off`',
    );
  }
  const code = reply.split(' ')[0] ?? '';
  const meaning = Object.hasOwn(MEANINGS, code)
    ? MEANINGS[code]
    : GENERAL.find(([start]) => start.test(reply))?.[1];
  const [trouble, why, hint] = meaning ?? ['denied' as const, 'the server does not do it'];
  return new TargetFault(trouble, `${place}: ${doing}: ${why} (${code})`, hint);
}

/** Whether it is this value that a server refuses. */
export const isRefusal = (error: unknown): boolean =>
  replyOf(error)?.startsWith('WRONGPASS') === true;
