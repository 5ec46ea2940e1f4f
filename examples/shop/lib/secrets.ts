import { type ReeveApiKeys, type ReeveSecrets, reeveApiKeys, reeveSecrets } from '@reeve/sdk';
import { source } from './identity.ts';

/** What Reeve keeps and renews for this service: read with its identity at `REEVE_SECRETS`, kept in memory alone, and given
 *  on while Reeve is away. Undefined where there is no Reeve that does, as behind a mesh. */
const address = process.env.REEVE_SECRETS;
/** Nobody waits for long for a Reeve that hangs: what is known is good enough. */
const requestMs = 2_000;
const maxBackoffMs = Number(process.env.REEVE_RETRY_MS ?? 30_000);

export const secrets: ReeveSecrets | undefined =
  source && address !== undefined
    ? reeveSecrets({ source, address, requestMs, maxBackoffMs })
    : undefined;

/** A key that has leaked is refused this long after Reeve has revoked it. */
const freshMs = 3_000;
let keys: ReeveApiKeys | undefined;

/** Whether a caller may do something here by the API key that it shows. */
export async function mayWith(shown: string | string[] | undefined, operation: string) {
  if (!source || address === undefined) return true;
  if (typeof shown !== 'string') return false;
  keys ??= reeveApiKeys({ source, address, requestMs, freshMs });
  return (await keys.verify(shown, { operation })).ok;
}
