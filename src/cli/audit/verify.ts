import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type NoteVerifier, noteVerifier, readCheckpoint } from '../../audit/checkpoint/index.ts';
import { signerIn } from '../../audit/index.ts';
import {
  type AuditVerdict,
  entriesOfFile,
  type KeptCheckpoint,
  keptSource,
  type VerifiedSource,
  verifyLog,
} from '../../audit/log/index.ts';
import { loadConfig } from '../../base/config.ts';
import { Fault, quote } from '../../base/fault.ts';
import { openAuditReader } from '../../estate/store/index.ts';
import { SIGNING_KEY } from '../../server/audit/audit.ts';
import { ServerConfig } from '../../server/config.ts';
import { say } from '../endpoints/say.ts';
import { counted, painterFor } from '../terminal.ts';
import { readText } from '../text-file.ts';

export interface VerifyFlags {
  readonly data?: string;
  readonly config?: string;
  readonly checkpoint?: string;
  readonly kept: readonly string[];
  readonly key: readonly string[];
  readonly format: 'text' | 'json';
}

/** Of a checkpoint, and of a key. */
const MAX_BYTES = 64 * 1024;

interface Opened {
  readonly name: string;
  readonly source: VerifiedSource;
  readonly keys: readonly NoteVerifier[];
  close(): Promise<void>;
}

/** Verifies the log of a data folder, or one that was exported. Sets the exit status 1 where it is not what was signed.
 *  @throws {Fault} where it cannot be read, or no key is known */
export async function verify(file: string | undefined, flags: VerifyFlags): Promise<void> {
  const given = flags.key.map((text) => noteVerifier(text));
  const kept = flags.kept.map(
    (one): KeptCheckpoint => ({
      name: one,
      note: readText(one, MAX_BYTES, 'audit/file-unavailable'),
    }),
  );
  const opened = file === undefined ? await openStored(flags) : openExported(file, flags);
  try {
    const keys = [...given, ...(given.some(({ kind }) => kind === 'log') ? [] : opened.keys)];
    if (!keys.some(({ kind }) => kind === 'log')) throw noKey(opened.name);
    const verdict = await verifyLog(opened.source, kept, keys);
    if (flags.format === 'json') console.log(JSON.stringify(verdict, null, 2));
    else tell(opened.name, verdict);
    if (verdict.problems.length > 0) process.exitCode = 1;
  } finally {
    await opened.close();
  }
}

async function openStored(flags: VerifyFlags): Promise<Opened> {
  const config = loadConfig(ServerConfig, flags.config);
  const folder = flags.data ?? config.data;
  const log = await openAuditReader(config.store ?? { kind: 'sqlite', folder });
  const source = await keptSource(log);
  const file = config.audit.signingKeyFile ?? join(folder, SIGNING_KEY);
  return { name: folder, source, keys: ownKeys(file, source.checkpoint), close: () => log.close() };
}

/** The key in a data folder, under the name that the checkpoint gives the log. */
function ownKeys(file: string, checkpoint: string): NoteVerifier[] {
  if (!existsSync(file) || checkpoint === '') return [];
  const { origin } = readCheckpoint(checkpoint).checkpoint;
  const text = readText(file, MAX_BYTES, 'audit/file-unavailable');
  return [signerIn(text, { file, name: origin, kind: 'log' })];
}

function openExported(file: string, flags: VerifyFlags): Opened {
  const checkpoint = readText(
    flags.checkpoint ?? `${file}.checkpoint`,
    MAX_BYTES,
    'audit/file-unavailable',
  );
  return {
    ...{ name: file, keys: [] },
    source: { entries: entriesOfFile(file), checkpoint },
    close: async () => {},
  };
}

const noKey = (name: string): Fault =>
  new Fault('audit/key-malformed', `Nothing says which key signs the log ${quote(name, 200)}`, {
    hint: 'give it with --key: `reeve audit log` prints it. Keep it apart from the log',
  });

function tell(name: string, { size, root, vouched, problems }: AuditVerdict): void {
  const paint = painterFor(process.stdout, process.env);
  const write = (line: string): void => console.log(line);
  console.log(`${counted(size, 'entry', 'entries')} in ${name}, root ${root}`);
  for (const { by, size: seen, at } of vouched) {
    say(write, `  signed by ${by}: the first ${seen}${at === null ? '' : `, at ${at}`}`);
  }
  if (problems.length === 0) {
    console.log(paint('green', 'The log is what was signed.'));
    return;
  }
  console.log(paint('red', 'The log is not what was signed:'));
  for (const { message } of problems) say(write, `  ${message}.`);
}
