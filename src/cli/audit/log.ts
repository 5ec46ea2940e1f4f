import type { WitnessStanding } from '../../server/audit/witnessing.ts';
import { ask, type ServerFlags } from '../client.ts';
import { type Field, toFields } from '../fields.ts';
import { grouped } from '../terminal.ts';

/** What the API says of the log. */
export interface LogState {
  readonly origin: string;
  readonly key: string;
  readonly size: number;
  readonly root: string;
  readonly checkpoint: string;
  readonly witnesses: readonly WitnessStanding[];
}

export interface LogFlags extends ServerFlags {
  readonly format: 'text' | 'json' | 'checkpoint' | 'key';
}

/** Prints what the log is, signed.
 *  @throws {Fault} what asking the server throws */
export async function showLog(flags: LogFlags): Promise<void> {
  const state = await ask<LogState>(flags, '/api/v1/audit/log');
  const written = {
    json: () => `${JSON.stringify(state, null, 2)}\n`,
    checkpoint: () => state.checkpoint,
    key: () => `${state.key}\n`,
    text: () => `${toText(state)}\n`,
  };
  process.stdout.write(written[flags.format]());
}

function toText({ origin, key, size, root, witnesses }: LogState): string {
  const fields: Field[] = [
    ['log', [origin]],
    ['key', [key]],
    ['entries', [grouped(size)]],
    ['root', [root]],
    [
      'witnesses',
      witnesses.length === 0 ? ['none'] : witnesses.flatMap((one) => wordsOf(one, size)),
    ],
  ];
  return toFields(fields);
}

function wordsOf({ name, size, at, problem }: WitnessStanding, of: number): string[] {
  const seen =
    size === null
      ? 'has signed nothing yet'
      : `has signed ${grouped(size)} of ${grouped(of)}, at ${at}`;
  return [`${name} ${seen}`, ...(problem === null ? [] : [problem])];
}
