import { leafHash, type ReadHashes } from '../../base/merkle/index.ts';
import type { AuditLog } from '../../estate/index.ts';

/** The hashes of a kept log: those of entries out of their texts. */
export function hashesOf(log: AuditLog): ReadHashes {
  return async (level, first, count) =>
    level === 0
      ? (await log.auditTexts(first + 1, count)).map(({ text }) => leafHash(text))
      : log.auditRoots(level, first, count);
}
