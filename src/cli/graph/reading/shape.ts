import { readFlowLines } from './flows.ts';
import { readOtlpDocuments, readOtlpLines } from './otlp.ts';
import type { SpanReader, SpanReaderContext } from './reader.ts';

/** How many bytes are looked at to tell what a file is. */
export const SNIFFED_BYTES = 4 * 1024;

interface Shape {
  readonly pattern: RegExp;
  read(context: SpanReaderContext, head: string): SpanReader;
}

/** What files are, told from their beginnings; the first that fits. Anything else is taken for lines. */
const SHAPES: readonly Shape[] = [
  // a flow in its first line
  {
    pattern: /^\{(?!\s*"resourceSpans")[^\n]*"(?:flow|verdict|start_time|upstream_cluster)"\s*:/,
    read: readFlowLines,
  },
  // a list of requests
  { pattern: /^\[\s*(?:\{|$)/, read: (context) => readOtlpDocuments(context, undefined) },
  // a request in its first line, which may go on beyond what is looked at
  { pattern: /^\{[^\n]*\}\r?(?:\n|$)|^\{"[^\n]*$/, read: readOtlpLines },
  // lines of which the first is cut
  { pattern: /^\{[^\n]*\n\{"resourceSpans"/, read: readOtlpLines },
  // laid out for people
  {
    pattern: /^\{\s*"resourceSpans"/,
    read: (context) => readOtlpDocuments(context, 'resourceSpans'),
  },
  // as Tempo answers
  { pattern: /^\{\s*"batches"/, read: (context) => readOtlpDocuments(context, 'batches') },
];

/** The reader for a file that begins like this. */
export function readerFor(beginning: Buffer, context: SpanReaderContext): SpanReader {
  const head = beginning
    .toString('utf8', 0, SNIFFED_BYTES)
    .replace(/^\ufeff/, '')
    .trimStart();
  const found = SHAPES.find(({ pattern }) => pattern.test(head));
  return found === undefined ? readOtlpLines(context) : found.read(context, head);
}
