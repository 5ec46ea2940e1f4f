import { type Fault, quote } from '../../../../base/fault.ts';
import { kekNotFound } from '../faults.ts';
import type { Pkcs11Module } from './module.ts';
import { attributes, WORD, word } from './native.ts';
import { CKR_USER_ALREADY_LOGGED_IN } from './return-values.ts';

const MAX_SLOTS = 1_024;
const TOKEN_INFO_BYTES = 256;
const LABEL_BYTES = 32;
const CKF_SERIAL_SESSION = 4;
const CKU_USER = 1;
const CKA_CLASS = 0;
const CKA_LABEL = 3;
const CKA_KEY_TYPE = 0x100;
const CKO_SECRET_KEY = 4;
const CKK_AES = 0x1f;

/** A session with a token, logged in, and closed whatever happens in it: none is left behind in a token that has few.
 *  @throws {Fault} `vault/kek-…` */
export async function withSession<Result>(
  module: Pkcs11Module,
  { token, pin }: { readonly token: string; readonly pin: Buffer },
  work: (session: bigint) => Promise<Result>,
): Promise<Result> {
  const slot = await findSlot(module, token);
  const handle = Buffer.alloc(WORD);
  await module.call('C_OpenSession', [slot, CKF_SERIAL_SESSION, null, null, handle]);
  const session = handle.readBigUInt64LE();
  try {
    const words = [session, CKU_USER, pin, pin.length];
    await module.call('C_Login', words, [CKR_USER_ALREADY_LOGGED_IN]);
    return await work(session);
  } finally {
    // with the last session, the login ends too; what failed before is what counts
    await module.call('C_CloseSession', [session]).catch(() => {});
  }
}

/** The one AES key of that label.
 *  @throws {Fault} `vault/kek-not-found`, and others of the token */
export async function findKey(
  module: Pkcs11Module,
  session: bigint,
  label: string,
): Promise<bigint> {
  const template = attributes(module.koffi, [
    [CKA_CLASS, word(CKO_SECRET_KEY)],
    [CKA_KEY_TYPE, word(CKK_AES)],
    [CKA_LABEL, Buffer.from(label)],
  ]);
  const count = template.keeps.length;
  const found = Buffer.alloc(2 * WORD);
  const size = Buffer.alloc(WORD);
  await module.call('C_FindObjectsInit', [session, template.bytes, count]);
  try {
    await module.call('C_FindObjects', [session, found, 2, size]);
  } finally {
    await module.call('C_FindObjectsFinal', [session]);
  }
  const keys = Number(size.readBigUInt64LE());
  if (keys === 1) return found.readBigUInt64LE();
  const why = keys === 0 ? 'no AES key' : 'several AES keys';
  throw kekNotFound(`The token has ${why} with the label ${quote(label, 200)}`, 'look at `key`');
}

/** The slot that holds the token of a label. */
async function findSlot(module: Pkcs11Module, label: string): Promise<bigint> {
  const slots = Buffer.alloc(MAX_SLOTS * WORD);
  const count = word(MAX_SLOTS);
  await module.call('C_GetSlotList', [1, slots, count]);
  for (let at = 0; at < Number(count.readBigUInt64LE()); at++) {
    const slot = slots.readBigUInt64LE(at * WORD);
    const info = Buffer.alloc(TOKEN_INFO_BYTES);
    const gone = await module.call('C_GetTokenInfo', [slot, info]).then(
      () => false,
      // a token that is broken does not hide the others
      () => true,
    );
    if (!gone && info.toString('utf8', 0, LABEL_BYTES).trimEnd() === label) return slot;
  }
  throw noToken(label);
}

const noToken = (label: string): Fault =>
  kekNotFound(`No slot holds a token with the label ${quote(label)}`, 'look at `token`');
