import { entryOf } from '../../../base/pick.ts';
import type { ImplementationObservation } from '../../../estate/index.ts';
import type { ReadContext, SourceFile } from '../../reader.ts';

/** Services that gRPC's own libraries bring, with their packages. */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  Health: 'grpc.health.v1.Health',
  ServerReflection: 'grpc.reflection.v1.ServerReflection',
};

/** Begins of lines behind which a registration is none: definitions and comments. */
const NO_CALL = /\b(?:def|func)\s+$|#|\/\//;

/** Observes the gRPC services that a global pattern finds in a file; group `group` names the
 *  service. */
export function observeGrpc(
  file: SourceFile,
  context: ReadContext,
  pattern: RegExp,
  group: number,
  isWanted: (match: RegExpExecArray) => boolean = () => true,
): void {
  for (const match of file.text.matchAll(pattern)) {
    const name = match[group];
    const lineStart = file.text.lastIndexOf('\n', match.index) + 1;
    if (name === undefined || NO_CALL.test(file.text.slice(lineStart, match.index))) continue;
    if (isWanted(match))
      observeImplementation(file.path, context, name, file.position(match.index));
  }
}

/** A service of this name is registered here. */
export function observeImplementation(
  file: string,
  context: ReadContext,
  name: string,
  at: { readonly line: number; readonly column: number },
): void {
  const observation: ImplementationObservation = {
    kind: 'implementation',
    subject: { by: 'place', file },
    interface: entryOf(WELL_KNOWN, name) ?? name,
    source: { reader: 'grpc', how: 'implemented', file, line: at.line, column: at.column },
  };
  context.observe(observation);
}
