import { pick } from '../../../base/pick.ts';
import { TargetFault, type TargetTrouble } from '../../rotation/rotator.ts';
import { networkFault } from '../network.ts';

type Meaning = readonly [trouble: TargetTrouble, why: string, hint?: string];

const REFUSED: Meaning = [
  'denied',
  'it refuses the password, or the account',
  'write the value of the administrator anew',
];
const FORBIDDEN: Meaning = [
  'denied',
  'the administrator may not do this',
  'give it CREATE USER, SELECT on mysql.*, PROCESS, CONNECTION ADMIN, and what it is to grant WITH GRANT OPTION',
];
const NO_ACCOUNT: Meaning = ['changed', 'there is no such account', 'see whether it was dropped'];
const FULL: Meaning = ['unreachable', 'it has no connections left, or not for this account'];
const BUSY: Meaning = ['unreachable', 'it is busy, ends, or took too long'];

/** By error number, as MariaDB and MySQL have them. */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  1045: REFUSED,
  1698: REFUSED,
  3118: REFUSED,
  4151: REFUSED,
  1129: ['denied', 'it has shut this address out', 'FLUSH HOSTS at the server'],
  1130: ['denied', 'it lets nobody in from this address', 'see the hosts of the account'],
  1044: FORBIDDEN,
  1142: FORBIDDEN,
  1143: FORBIDDEN,
  1227: FORBIDDEN,
  1370: FORBIDDEN,
  1410: FORBIDDEN,
  1049: ['changed', 'it has no such database', 'see whether the plan names the right server'],
  1133: NO_ACCOUNT,
  1141: NO_ACCOUNT,
  1396: NO_ACCOUNT,
  1819: ['refused', 'it refuses the password by a rule of its own'],
  1290: [
    'denied',
    'an option of the server forbids it',
    'it may be read-only, or check passwords that it has to see (strict_password_validation)',
  ],
  1040: FULL,
  1203: FULL,
  1226: FULL,
  1053: BUSY,
  1205: BUSY,
  1213: BUSY,
  1317: BUSY,
  1927: BUSY,
  1969: BUSY,
  3024: BUSY,
};
/** Numbers from here on are the driver’s own. */
const DRIVER = 45_000;

const numberOf = (error: unknown): number | undefined => {
  const number = pick(error, 'errno');
  return typeof number === 'number' && number > 0 ? number : undefined;
};

/** Says what an error of the driver means, in words of our own: the driver’s quote statements and their values.
 *  @param doing what was tried, without any value */
export function faultOf(error: unknown, place: string, doing: string): TargetFault {
  if (error instanceof TargetFault) return error;
  for (const one of [error, pick(error, 'cause')]) {
    const network = networkFault(one, place);
    if (network) return network;
  }
  const number = numberOf(error);
  if (number === undefined || number >= DRIVER) {
    return new TargetFault('unreachable', `${place}: ${doing}: the connection failed`);
  }
  const [trouble, why, hint] = MEANINGS[number] ?? ['denied' as const, 'the server does not do it'];
  return new TargetFault(trouble, `${place}: ${doing}: ${why} (error ${number})`, hint);
}

/** Whether it is this value that a server refuses. */
export function isRefusal(error: unknown): boolean {
  const number = numberOf(error);
  return number !== undefined && MEANINGS[number] === REFUSED;
}
