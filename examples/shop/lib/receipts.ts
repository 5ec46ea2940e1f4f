import {
  createPrivateKey,
  createPublicKey,
  type JsonWebKeyInput,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { secrets } from './secrets.ts';

/** Receipts are signed by orders with a key that Reeve renews (`receipts`), as JWS (RFC 7515, ES256), and verified by the
 *  public keys that Reeve publishes of it. */
export interface Receipt {
  readonly orderId: string;
  readonly amountCents: number;
}

const KEY_SET = `${process.env.SHOP_ENVIRONMENT}/shop/orders/receipts`;
const KEYS_URL = `${process.env.REEVE_API}/api/v1/key-sets/${encodeURIComponent(KEY_SET)}`;
/** A key is published for ten minutes before it signs: in this time it is known. */
const KEYS_EVERY_MS = Number(process.env.KEYS_EVERY_MS ?? 60_000);
const WITHIN_MS = 2_000;
const HOW = { dsaEncoding: 'ieee-p1363' } as const;

/** @returns undefined where Reeve keeps no secrets for the shop */
export async function signReceipt(receipt: Receipt): Promise<string | undefined> {
  if (!secrets) return undefined;
  const { value } = await secrets.get('receipts');
  const text = `${encoded({ alg: value.algorithm, kid: value.kid })}.${encoded(receipt)}`;
  const key = createPrivateKey(value.privateKey ?? '');
  const signature = sign('sha256', Buffer.from(text), { key, ...HOW });
  return `${text}.${signature.toString('base64url')}`;
}

/** @throws {Error} where it is not what orders has signed for that order */
export async function verifyReceipt(receipt: string | undefined, orderId: string): Promise<void> {
  if (process.env.REEVE_API === undefined) return;
  const [head = '', body = '', signature = ''] = receipt?.split('.') ?? [];
  const { alg, kid } = decoded(head) as { readonly alg?: string; readonly kid?: string };
  const key = alg === 'ES256' && kid !== undefined ? await keyOf(kid) : undefined;
  const isSigned =
    key !== undefined &&
    verify(
      'sha256',
      Buffer.from(`${head}.${body}`),
      { key, ...HOW },
      Buffer.from(signature, 'base64url'),
    );
  if (isSigned && (decoded(body) as Receipt).orderId === orderId) return;
  throw new Error(`the receipt of the order ${orderId} is not signed by orders (key ${kid})`);
}

let keys: ReadonlyMap<string, KeyObject> = new Map();

/** One that is not known yet is looked for at Reeve. */
async function keyOf(kid: string): Promise<KeyObject | undefined> {
  if (!keys.has(kid)) await readKeys();
  return keys.get(kid);
}

async function readKeys(): Promise<void> {
  const response = await fetch(KEYS_URL, { signal: AbortSignal.timeout(WITHIN_MS) });
  const { keys: jwks } = (await response.json()) as {
    readonly keys: readonly (JsonWebKeyInput['key'] & { readonly kid: string })[];
  };
  if (!response.ok) throw new Error(`${KEYS_URL} answered ${response.status}`);
  keys = new Map(jwks.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })]));
}

/** While Reeve is away, the keys that are known are good enough. */
export function followKeys(): void {
  if (process.env.REEVE_API === undefined) return;
  setInterval(() => void readKeys().catch(() => undefined), KEYS_EVERY_MS).unref();
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function decoded(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return {};
  }
}
