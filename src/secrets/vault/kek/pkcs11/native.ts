import type { KoffiFunc } from 'koffi';

/** What is needed of koffi, which is loaded with the first token. */
export type Koffi = typeof import('koffi').default;

/** Bytes of an `unsigned long`, and of a pointer, on the systems that this runs on. */
export const WORD = 8;

/** Memory that is handed to a library, and everything that it points to, so that none of it is collected meanwhile. */
export interface Native {
  readonly bytes: Buffer;
  readonly keeps: readonly Buffer[];
}

/** An argument of a call: a number, memory, or nothing. */
export type Argument = bigint | number | Buffer | null;
export type NativeFunction = KoffiFunc<(...words: Argument[]) => number | bigint>;

/** One `CK_ULONG`. */
export function word(value: bigint | number): Buffer {
  const bytes = Buffer.alloc(WORD);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

/** `CK_GCM_PARAMS` within a `CK_MECHANISM`: both are words alone, so that they are put together here.
 *  @see PKCS #11 Mechanisms 3.0 §2.13.3 */
export function gcmMechanism(koffi: Koffi, { nonce, boundTo, tagBytes }: GcmParameters): Native {
  const parameters = words([
    koffi.address(nonce),
    nonce.length,
    nonce.length * 8,
    koffi.address(boundTo),
    boundTo.length,
    tagBytes * 8,
  ]);
  const bytes = words([CKM_AES_GCM, koffi.address(parameters), parameters.length]);
  return { bytes, keeps: [nonce, boundTo, parameters] };
}

export interface GcmParameters {
  readonly nonce: Buffer;
  readonly boundTo: Buffer;
  readonly tagBytes: number;
}

/** An array of `CK_ATTRIBUTE`. */
export function attributes(koffi: Koffi, given: readonly (readonly [number, Buffer])[]): Native {
  const parts = given.flatMap(([type, value]) => [type, koffi.address(value), value.length]);
  return { bytes: words(parts), keeps: given.map(([, value]) => value) };
}

const words = (values: readonly (bigint | number)[]): Buffer => Buffer.concat(values.map(word));

const CKM_AES_GCM = 0x1087;
