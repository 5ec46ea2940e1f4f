import { type Diagnostic, toDiagnostic } from '../../../base/diagnostic.ts';
import { Fault } from '../../../base/fault.ts';
import type { SpanBatch } from '../../../estate/spans/index.ts';
import type { LeftOutCounts } from '../../discover/left-out.ts';
import { atLeast, bytesOf, followedBy, type Input, type InputKind } from '../../input-files.ts';
import { readerFor, SNIFFED_BYTES } from './shape.ts';

export const TRACE_FILES: InputKind = { command: 'graph', noun: 'trace files' };

export interface ReadSpans {
  readonly take: (batch: SpanBatch) => void;
  readonly leftOut: LeftOutCounts;
  readonly tell: (diagnostic: Diagnostic) => void;
  /** Bytes as they lie in the files. */
  readonly onRead: (bytes: number) => void;
}

/** Reads files one after another. What is wrong with one is told, and costs no other.
 *  @throws {Fault} of what takes the spans */
export async function readSpans(inputs: readonly Input[], ports: ReadSpans): Promise<void> {
  for (const input of inputs) {
    try {
      await readInput(input, ports);
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.code === 'graph/spool-unavailable') throw thrown;
      ports.tell(toDiagnostic(thrown, input.name, 'graph/unreadable'));
    }
  }
}

async function readInput(input: Input, { take, leftOut, onRead }: ReadSpans): Promise<void> {
  const { name: file } = input;
  const bytes = bytesOf(input, TRACE_FILES, onRead);
  const head = await atLeast(bytes, SNIFFED_BYTES);
  if (head.length === 0) leftOut.add('empty file', 'unread', { file, line: 1 });
  const reader = readerFor(head, {
    ...{ file, take },
    drop: (reason, kind, line, count) =>
      leftOut.add(reason, kind, line === undefined ? undefined : { file, line }, count),
  });
  try {
    for await (const chunk of followedBy(head, bytes)) reader.push(chunk);
  } finally {
    reader.end();
  }
}
