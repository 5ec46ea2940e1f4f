import { arch, endianness, platform } from 'node:os';
import { quote } from '../../../../base/fault.ts';
import { Turns } from '../../turns.ts';
import { kekDenied, kekNotFound } from '../faults.ts';
import { type Argument, type Koffi, type NativeFunction, WORD, word } from './native.ts';
import { faultOf } from './return-values.ts';

/** Where the functions stand in `CK_FUNCTION_LIST`, behind the version, and how many words they take; the first is a
 *  number in those that take a session or a slot.
 *  @see PKCS #11 Base Specification 2.40 §3.6 and §5 */
const FUNCTIONS = {
  C_Initialize: [0, 'p'],
  C_GetSlotList: [4, 'bpp'],
  C_GetTokenInfo: [6, 'np'],
  C_OpenSession: [12, 'nnppp'],
  C_CloseSession: [13, 'n'],
  C_Login: [18, 'nnpn'],
  C_FindObjectsInit: [26, 'npn'],
  C_FindObjects: [27, 'npnp'],
  C_FindObjectsFinal: [28, 'n'],
  C_EncryptInit: [29, 'npn'],
  C_Encrypt: [30, 'npnpp'],
  C_DecryptInit: [33, 'npn'],
  C_Decrypt: [34, 'npnpp'],
} as const;
export type FunctionName = keyof typeof FUNCTIONS;

const TYPES = { p: 'void *', n: 'unsigned long', b: 'unsigned char' } as const;
const CKF_OS_LOCKING_OK = 2;
const CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191;

/** A library that speaks PKCS#11. Its calls run on threads of their own, so that a slow token holds nobody else up, and
 *  one operation at a time. It stays initialised: that belongs to the process, and others in it may use it too. */
export class Pkcs11Module {
  readonly koffi: Koffi;
  readonly #functions: Readonly<Record<FunctionName, NativeFunction>>;
  readonly #turns = new Turns();

  private constructor(koffi: Koffi, functions: Readonly<Record<FunctionName, NativeFunction>>) {
    this.koffi = koffi;
    this.#functions = functions;
  }

  /** @throws {Fault} `vault/kek-not-found`, `vault/kek-denied` */
  static async load(path: string): Promise<Pkcs11Module> {
    judgeMachine();
    const { default: koffi } = await import('koffi').catch(() => {
      throw kekDenied('Tokens that speak PKCS#11 cannot be used here: koffi does not load');
    });
    const module = new Pkcs11Module(koffi, readFunctions(koffi, path));
    // CK_C_INITIALIZE_ARGS: four functions that lock, which the system's own locks are better than
    const settings = Buffer.alloc(6 * WORD);
    word(CKF_OS_LOCKING_OK).copy(settings, 4 * WORD);
    await module.call('C_Initialize', [settings], [CKR_CRYPTOKI_ALREADY_INITIALIZED]);
    return module;
  }

  /** Calls a function that should say `CKR_OK`.
   *  @param alsoFine other values that are no failure
   *  @returns what it said
   *  @throws {Fault} `vault/kek-…` */
  async call(
    name: FunctionName,
    words: readonly Argument[],
    alsoFine: readonly number[] = [],
  ): Promise<number> {
    const value = await new Promise<number>((resolve, reject) => {
      this.#functions[name].async(...words, (error: unknown, result: number | bigint) => {
        if (error) reject(faultOf(name, undefined));
        else resolve(Number(result));
      });
    });
    if (value !== 0 && !alsoFine.includes(value)) throw faultOf(name, value);
    return value;
  }

  /** Does work while nothing else uses the library. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#turns.take(work);
  }
}

const loaded = new Map<string, Promise<Pkcs11Module>>();

/** A library of this process: loaded once, however many keys are in its tokens.
 *  @throws {Fault} `vault/kek-not-found`, `vault/kek-denied` */
export function loadModule(path: string): Promise<Pkcs11Module> {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const loading = Pkcs11Module.load(path);
  loaded.set(path, loading);
  loading.catch(() => loaded.delete(path));
  return loading;
}

function readFunctions(koffi: Koffi, path: string): Readonly<Record<FunctionName, NativeFunction>> {
  try {
    const find = koffi.load(path).func('C_GetFunctionList', 'unsigned long', ['void *']);
    const found = Buffer.alloc(WORD);
    const value: number | bigint = find(found);
    const list = found.readBigUInt64LE();
    if (Number(value) !== 0 || list === 0n) throw faultOf('C_GetFunctionList', Number(value));
    const functions = Object.entries(FUNCTIONS).map(([name, [at, types]]) => {
      const taken = [...types].map((type) => TYPES[type as keyof typeof TYPES]);
      const proto = koffi.proto('unsigned long', taken);
      const address: bigint = koffi.decode(list, WORD * (at + 1), 'void *');
      return [name, koffi.decode(address, proto)] as const;
    });
    // one of the entries of FUNCTIONS for each of its names
    return Object.fromEntries(functions) as Record<FunctionName, NativeFunction>;
  } catch {
    throw kekNotFound(
      `${quote(path, 200)} cannot be loaded as a library that speaks PKCS#11`,
      'look at `module`; the library must be for this kind of machine',
    );
  }
}

/** Words are laid out here as these machines have them. */
function judgeMachine(): void {
  const isKnown = ['x64', 'arm64'].includes(arch()) && endianness() === 'LE';
  if (isKnown && platform() !== 'win32') return;
  throw kekDenied('Tokens that speak PKCS#11 are used on 64-bit Linux and macOS only');
}
