import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { judge } from '../../assurance/index.ts';
import { type Draft, draftDeclarations } from '../../authorization/drafts/index.ts';
import { toTimestamp } from '../../base/clock.ts';
import { Fault, messageOf, quote } from '../../base/fault.ts';
import { toRecords } from '../../estate/index.ts';
import { scanFolder } from '../../server/scan.ts';
import { tellPath } from '../../server/stalls.ts';
import type { ServerFlags } from '../client.ts';
import { userFingerprintKey } from '../fingerprint-key.ts';
import { errorsOfPolicy, tellProblems } from '../policy/problems.ts';
import { stalledBefore } from '../supervise.ts';
import { counted, plain, progressOn } from '../terminal.ts';
import { observedCalls, withCalls } from './observed.ts';

export interface InitFlags extends ServerFlags {
  readonly write: boolean;
  readonly observed: boolean;
}

/** Drafts, and prints or writes. In the process that `supervise` starts.
 *  @throws {Fault} `folder/…`, `output/invalid`, and what a server answers */
export async function init(folder: string, flags: InitFlags): Promise<void> {
  const observed = flags.observed ? await observedCalls(flags) : [];
  const progress = progressOn(process.stderr, 'reading');
  const { facts, diagnostics } = scanFolder(folder, {
    environment: 'default',
    fingerprintKey: userFingerprintKey(process.env, (message) =>
      console.error(`reeve: ${message}`),
    ),
    stalled: stalledBefore(),
    onReading: tellPath,
    onProgress: progress.update,
  });
  progress.end();
  // a declaration that cannot be read looks like one that there is not
  tellProblems(errorsOfPolicy(diagnostics));
  const judged = judge(toRecords(facts), toTimestamp(Date.now()));
  const drafts = draftDeclarations(withCalls(judged, observed));
  if (drafts.length === 0) {
    console.error(
      judged.services.some(({ kind }) => kind === 'workload')
        ? 'Every service has a declaration.'
        : 'No service was found that could have a declaration. Is this the right folder?',
    );
  }
  if (flags.write) writeDrafts(folder, drafts);
  else for (const { path, text } of drafts) console.log(`# ${plain(path)}\n${text}`);
}

function writeDrafts(folder: string, drafts: readonly Draft[]): void {
  const taken = drafts.filter(({ path }) => existsSync(join(folder, path)));
  const fresh = drafts.filter((draft) => !taken.includes(draft));
  for (const { path, text } of fresh) writeDraft(join(folder, path), text);
  for (const { path } of fresh) console.log(path);
  for (const { path, service } of taken) {
    console.error(`${path} exists and was left as it is; ${service} is not declared in it`);
  }
  if (fresh.length > 0) {
    console.error(
      `${counted(fresh.length, 'declaration')} written: read each, cut it to what is meant, and commit it.`,
    );
  }
}

function writeDraft(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: 'wx' });
  } catch (thrown) {
    throw new Fault(
      'output/invalid',
      `${quote(path, 200)} cannot be written: ${messageOf(thrown)}`,
    );
  }
}
