import { Fault } from '../../../base/fault.ts';
import type { ElementsProblem } from '../../../base/json-elements.ts';
import type { SpanBatch } from '../../../estate/spans/index.ts';
import type { LeftOut } from '../../discover/left-out.ts';

/** Reads one file of traffic. */
export interface SpanReader {
  push(chunk: Buffer): void;
  /** @throws {Fault} where the file as a whole is broken; what was read before that counts */
  end(): void;
}

export interface SpanReaderContext {
  /** For faults. */
  readonly file: string;
  take(batch: SpanBatch): void;
  drop(reason: string, kind: LeftOut['kind'], line?: number, count?: number): void;
}

/** @throws {Fault} `graph/KIND-malformed`, where there is a problem */
export function failAt(problem: ElementsProblem | undefined, file: string, kind: string): void {
  if (problem === undefined) return;
  const { message, line, column } = problem;
  throw new Fault(`graph/${kind.replace(' ', '-')}-malformed`, `the ${kind} ${message}`, {
    file,
    line,
    column,
    hint: 'what was read before counts',
  });
}
