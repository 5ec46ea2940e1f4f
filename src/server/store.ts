import type { AuditLog, AuditSeal, DocumentStore, EstateStore } from '../estate/index.ts';
import { openStore } from '../estate/store/index.ts';
import type { ServerConfig } from './config.ts';

/** Opens the store of the configuration; without one, the embedded one in the data folder.
 *  @throws {Fault} `estate/folder-conflict` where another Reeve uses the data folder, and the rest of
 *  what `openStore` throws */
export function openConfiguredStore(
  config: ServerConfig,
  folder: string,
  seal: AuditSeal,
): Promise<EstateStore & DocumentStore & AuditLog> {
  return openStore(config.store ?? { kind: 'sqlite', folder }, seal);
}
