import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
const LEAST_KEY_BYTES = 24;
const MOST_KEY_BYTES = 64;

/** The key that messages are signed with; undefined where the text is none.
 *  @param text `whsec_` and the key in base64: a secret
 *  @see Standard Webhooks, "Signature scheme" */
export function webhookKey(text: string): Buffer | undefined {
  const base64 = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  const key = Buffer.from(base64, 'base64');
  const isWhole = key.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '');
  return isWhole && key.length >= LEAST_KEY_BYTES && key.length <= MOST_KEY_BYTES ? key : undefined;
}

/** How such a key is written, for people. */
export const WEBHOOK_KEY_WORDS = `\`${PREFIX}\` and ${LEAST_KEY_BYTES} to ${MOST_KEY_BYTES} random bytes in base64`;

/** Headers that prove who sent a message, and when.
 *  @param id names the message, the same each time that it is sent; without a full stop
 *  @param seconds since 1970
 *  @see Standard Webhooks, "Webhook headers" */
export function signedHeaders(
  key: Buffer,
  { id, seconds, body }: { readonly id: string; readonly seconds: number; readonly body: string },
): Readonly<Record<string, string>> {
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${signature}`,
  };
}
