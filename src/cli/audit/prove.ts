import { noteVerifier } from '../../audit/checkpoint/index.ts';
import { verifyEntry } from '../../audit/log/index.ts';
import { ask, type ServerFlags } from '../client.ts';
import { writeOutput } from '../output.ts';
import { counted } from '../terminal.ts';
import { readText } from '../text-file.ts';

export interface ProveFlags extends ServerFlags {
  readonly output?: string;
  readonly format: 'text' | 'json';
}

interface Proved {
  readonly entry: string;
  readonly proof: string;
}

const MAX_BYTES = 1024 * 1024;

/** Proves one entry: to standard output, or to two files.
 *  @throws {Fault} `audit/entry-not-found`, and what asking the server throws */
export async function prove(sequence: number, flags: ProveFlags): Promise<void> {
  const proved = await ask<Proved>(flags, `/api/v1/audit/entries/${sequence}/proof`);
  if (flags.output !== undefined) {
    writeOutput(proved.entry, `${flags.output}.json`);
    writeOutput(proved.proof, `${flags.output}.proof`);
    console.error(`The entry is in ${flags.output}.json, its proof in ${flags.output}.proof`);
  } else if (flags.format === 'json') console.log(JSON.stringify(proved, null, 2));
  else process.stdout.write(`${proved.entry}\n\n${proved.proof}`);
}

/** Verifies such files with a key.
 *  @throws {Fault} `audit/proof-invalid`, `audit/proof-malformed`, `audit/file-unavailable` */
export function verifyProof(name: string, keys: readonly string[]): void {
  const read = (ending: string) =>
    readText(`${name}.${ending}`, MAX_BYTES, 'audit/file-unavailable');
  const { origin, size } = verifyEntry(
    read('json'),
    read('proof'),
    keys.map((key) => noteVerifier(key)),
  );
  console.log(`The entry is in the log ${origin} of ${counted(size, 'entry', 'entries')}.`);
}
