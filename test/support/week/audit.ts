import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { keptSource } from '../../../src/audit/log/index.ts';
import { openAuditReader } from '../../../src/estate/store/index.ts';

/** What the audit log of a stopped server tells. */
export interface WeekLog {
  readonly entries: number;
  /** How often an action stands there. */
  readonly count: (action: string) => number;
  /** What `reeve audit verify` finds wrong. */
  readonly problems: readonly unknown[];
}

/** Verifies the log of a data folder as a person does, offline, and counts what stands there. */
export async function weekLogOf(dataFolder: string): Promise<WeekLog> {
  const args = ['audit', 'verify', '--data', dataFolder, '--format', 'json'];
  const { stdout } = await promisify(execFile)('bin/reeve', args).catch((thrown) => thrown);
  const { size, problems } = JSON.parse(stdout);
  const log = await openAuditReader({ kind: 'sqlite', folder: dataFolder });
  const counts = new Map<string, number>();
  try {
    for await (const { text } of (await keptSource(log)).entries) {
      const { action }: { readonly action: string } = JSON.parse(text);
      counts.set(action, (counts.get(action) ?? 0) + 1);
    }
  } finally {
    await log.close();
  }
  return { entries: size, count: (action) => counts.get(action) ?? 0, problems };
}
