import { Fault } from '../../../../base/fault.ts';
import { kekDenied, kekNotFound, kekUnavailable } from '../faults.ts';

/** What decrypting says of what is not by this key, or was changed: general error, encrypted data invalid, and their
 *  length. */
export const NOT_BY_THIS_KEY: readonly number[] = [0x05, 0x40, 0x41];
export const CKR_USER_ALREADY_LOGGED_IN = 0x100;

type Meaning = readonly [(why: string, hint?: string) => Fault, string];

/** The token counts these, and locks itself. */
const WRONG_PINS: ReadonlySet<number> = new Set([0xa0, 0xa1, 0xa2]);
export const WRONG_PIN = 'vault/kek-denied/wrong-pin';

/** @see PKCS #11 Base Specification 2.40 §5.1 */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  3: [kekNotFound, 'the token is gone'],
  16: [kekDenied, 'an attribute of the key forbids it'],
  48: [kekUnavailable, 'the device has failed'],
  50: [kekNotFound, 'the device was removed'],
  99: [kekDenied, 'the key is not of the type that AES needs'],
  104: [kekDenied, 'the key does not allow it: it needs `CKA_ENCRYPT` and `CKA_DECRYPT`'],
  112: [kekDenied, 'the token does not do `CKM_AES_GCM` with this key'],
  113: [kekDenied, 'the token does not take a nonce from outside'],
  163: [kekDenied, 'the PIN has expired'],
  164: [kekDenied, 'the PIN is locked after too many wrong ones'],
  179: [kekUnavailable, 'the session was closed'],
  224: [kekNotFound, 'the token is not there'],
  258: [kekDenied, 'the token has no PIN of the user yet'],
};

/** The fault of a return value; undefined: the call could not be made. */
export function faultOf(name: string, value: number | undefined): Fault {
  const code = value === undefined ? 'no answer' : `0x${value.toString(16)}`;
  if (WRONG_PINS.has(value ?? 0)) {
    return new Fault(WRONG_PIN, `${name} of PKCS#11: the PIN is wrong (${code})`, {
      hint: 'correct it; a token locks itself after a few wrong ones',
    });
  }
  const [fault, why] = MEANINGS[value ?? -1] ?? [kekUnavailable, 'the token does not do it'];
  return fault(`${name} of PKCS#11: ${why} (${code})`, 'look at the token, its key and its PIN');
}
