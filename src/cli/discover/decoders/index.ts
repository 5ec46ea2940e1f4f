import type { AccessLogFormat } from '../../../sources/access-log/index.ts';
import type { InputFormat } from '../../commands/discover.ts';
import type { Decoder, DecoderContext } from './decoder.ts';
import { createList, createLog } from './log.ts';

export type { Decoder, DecoderContext, DecoderSink } from './decoder.ts';

interface Shape {
  readonly format: InputFormat | 'list';
  readonly pattern: RegExp;
  create(context: DecoderContext, head: string): Decoder | Promise<Decoder>;
}

/** What is no log of lines, told from its beginning. The others' code is loaded only for them. */
const SHAPES: readonly Shape[] = [
  {
    format: 'har',
    pattern: /^\{\s*"log"\s*:\s*\{/,
    create: async (context) => (await import('./har.ts')).createHar(context),
  },
  {
    format: 'otlp',
    pattern: /^\{\s*"resourceSpans"\s*:/,
    create: async (context, head) => (await import('./otlp.ts')).createOtlp(context, head),
  },
  { format: 'list', pattern: /^\[\s*(?:\{|$)/, create: createList },
];

/** How many bytes are looked at to tell the shape. */
export const SNIFFED_BYTES = 4 * 1024;

/** The decoder for an input: the one that is asked for, or the one that its beginning tells. */
export async function decoderFor(
  beginning: Buffer,
  format: InputFormat,
  context: DecoderContext,
): Promise<Decoder> {
  const head = beginning
    .toString('utf8', 0, SNIFFED_BYTES)
    .replace(/^\ufeff/, '')
    .trimStart();
  const asked = SHAPES.find((shape) => shape.format === format);
  if (asked !== undefined) return asked.create(context, head);
  const found = SHAPES.find(({ pattern }) => pattern.test(head));
  const isFound = found !== undefined && (format === 'auto' || found.format === 'list');
  return isFound ? found.create(context, head) : createLog(context, format as AccessLogFormat);
}
