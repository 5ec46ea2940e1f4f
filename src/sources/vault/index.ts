import { readFile } from 'node:fs/promises';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { Fault } from '../../base/fault.ts';
import type { CredentialObservation } from '../../estate/index.ts';
import { ask } from './ask.ts';
import type { VaultStoreConfig } from './config.ts';
import { toCredential } from './observe.ts';
import { walk } from './walk.ts';

export { VaultStoreConfig, VaultStoresConfig } from './config.ts';

/** What a reading is made with. */
export interface VaultPorts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly signal: AbortSignal;
}

export interface VaultReading {
  readonly observations: readonly CredentialObservation[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Lists the secrets of a store by their metadata. No value is asked for, nor may the token read one.
 *  @throws {Fault} `vault-store/token-missing`, `vault-store/unavailable`, `vault-store/forbidden`,
 *  `vault-store/malformed`: nothing is told of a store that was read in part */
export async function readVault(
  config: VaultStoreConfig,
  ports: VaultPorts,
): Promise<VaultReading> {
  const { name, url, namespace, mounts, caFile, maxPaths, timeoutSeconds } = config;
  const asking = {
    ...{ url, namespace, timeoutMs: timeoutSeconds * 1_000, signal: ports.signal },
    token: await tokenOf(config, ports),
    ca: caFile === undefined ? undefined : await textOf(caFile, name),
  };
  const observations: CredentialObservation[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const mount of mounts) {
    const room = maxPaths - observations.length;
    const { secrets, leftOut } = await walk(mount, (path) => ask(path, asking), Math.max(0, room));
    for (const { path, metadata } of secrets) {
      const place = { store: name, url, namespace, mount, path };
      const found = toCredential(place, metadata, ports.now);
      if (found) observations.push(found);
    }
    for (const what of leftOut) {
      diagnostics.push({
        severity: 'warning',
        code: 'vault-store/left-out',
        message: `left out ${what}`,
        file: `store ${name}: ${mount}`,
      });
    }
  }
  return { observations, diagnostics };
}

async function tokenOf(
  { name, token: { file, variable } }: VaultStoreConfig,
  { environment }: VaultPorts,
): Promise<string> {
  const text = file === undefined ? environment[variable ?? ''] : await textOf(file, name);
  const token = text?.trim() ?? '';
  // a header takes no more than that, and an error must not repeat it
  if (/^[\x21-\x7e]{1,8192}$/.test(token)) return token;
  throw new Fault(
    'vault-store/token-missing',
    `The token of the store ${name} is empty, or is none`,
    {
      hint: `put it into ${file ?? `the variable ${variable}`}`,
    },
  );
}

async function textOf(file: string, store: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new Fault(
      'vault-store/token-missing',
      `A file of the store ${store} cannot be read: ${code}`,
      {
        hint: `look at ${file}`,
      },
    );
  }
}
