import type { ImplementationObservation } from '../../../estate/index.ts';
import type { ReadContext, SourceFile } from '../../reader.ts';

/** Services that gRPC's own libraries bring, with their packages. */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  Health: 'grpc.health.v1.Health',
  ServerReflection: 'grpc.reflection.v1.ServerReflection',
};

/** Observes what a sticky-free global pattern finds in a file: its first group names the interface.
 *  Text in lines that `isCode` refuses (definitions, comments) does not count. */
export function observeGrpc(
  file: SourceFile,
  context: ReadContext,
  pattern: RegExp,
  isCode: (line: string) => boolean,
): void {
  for (const match of file.text.matchAll(pattern)) {
    const name = match[1];
    if (name === undefined) continue;
    const lineStart = file.text.lastIndexOf('\n', match.index) + 1;
    if (!isCode(file.text.slice(lineStart, match.index))) continue;
    observeImplementation(file, context, name, match.index);
  }
}

export function observeImplementation(
  file: SourceFile,
  context: ReadContext,
  name: string,
  offset: number,
): void {
  const observation: ImplementationObservation = {
    kind: 'implementation',
    subject: { by: 'place', file: file.path },
    interface: WELL_KNOWN[name] ?? name,
    source: { reader: 'grpc', how: 'implemented', file: file.path, ...file.position(offset) },
  };
  context.observe(observation);
}
