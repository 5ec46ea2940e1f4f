import { hostname } from 'node:os';
import { toSyslog } from '../../audit/log/index.ts';
import { ask, askText, type ServerFlags } from '../client.ts';
import { openOutput, writeOutput } from '../output.ts';
import { counted } from '../terminal.ts';
import type { LogState } from './log.ts';

export interface ExportFlags extends ServerFlags {
  readonly format: 'jsonl' | 'syslog';
  readonly first: number;
  readonly output?: string;
}

const PAGE = 5_000;

/** Writes the log's entries in their order, as far as it has come: to standard output, or to a file with its checkpoint
 *  beside it.
 *  @throws {Fault} what asking the server throws; `output/invalid` */
export async function exportLog(flags: ExportFlags): Promise<void> {
  const { size, checkpoint } = await ask<LogState>(flags, '/api/v1/audit/log');
  const out = openOutput(flags.output);
  let next = flags.first;
  try {
    while (next <= size) {
      const limit = Math.min(PAGE, size - next + 1);
      const text = await askText(flags, `/api/v1/audit/entries?first=${next}&limit=${limit}`);
      const lines = text.split('\n').slice(0, -1);
      if (lines.length === 0) break;
      out.write(flags.format === 'jsonl' ? text : lines.map(syslogLine).join(''));
      next += lines.length;
    }
  } finally {
    out.close();
  }
  if (flags.output === undefined) return;
  const written = counted(next - flags.first, 'entry', 'entries');
  if (flags.format !== 'jsonl' || flags.first !== 1) {
    console.error(`${written} in ${flags.output}`);
    return;
  }
  writeOutput(checkpoint, `${flags.output}.checkpoint`);
  console.error(`${written} in ${flags.output}, and what was signed in ${flags.output}.checkpoint`);
}

const syslogLine = (line: string): string => `${toSyslog(JSON.parse(line), hostname())}\n`;
