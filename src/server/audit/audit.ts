import { join } from 'node:path';
import type { NoteVerifier } from '../../audit/checkpoint/index.ts';
import { auditSeal, openKeyFile } from '../../audit/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { AuditSeal } from '../../estate/index.ts';
import type { AuditConfig } from './config.ts';

/** Of the data folder. */
export const SIGNING_KEY = 'audit-signing.key';

/** What signs the audit log of this server.
 *  @throws {Fault} `data/key-malformed` */
export function openAuditKey(
  config: AuditConfig,
  dataFolder: string,
  trustDomain: string,
  clock: Clock,
): { readonly seal: AuditSeal; readonly key: NoteVerifier } {
  const file = config.signingKeyFile ?? join(dataFolder, SIGNING_KEY);
  const { signer, isNew } = openKeyFile(file, config.origin ?? `${trustDomain}/audit`, 'log');
  return { seal: auditSeal(signer, clock, isNew), key: signer };
}
