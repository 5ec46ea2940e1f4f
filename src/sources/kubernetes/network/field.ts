import type { DataPath } from '../../../base/data.ts';
import type { Diagnostic } from '../../../base/diagnostic.ts';
import type { Source } from '../../../estate/index.ts';
import type { Resource } from '../resource.ts';

export const READER = 'kubernetes';

export type Report = (diagnostic: Diagnostic) => void;

/** One part of an object, and where to complain about it. */
export interface Field {
  readonly resource: Resource;
  readonly value: unknown;
  readonly path: DataPath;
  readonly report: Report;
}

/** A part of a part. */
export function inside(field: Field, value: unknown, ...path: DataPath): Field {
  return { ...field, value, path: [...field.path, ...path] };
}

export function sourceOf({ resource, path }: Field): Source {
  return resource.sourceAt(READER, path);
}

/** Tells what is wrong with a field, with its line. What the API server would refuse is an error. */
export function complain(
  field: Field,
  severity: Diagnostic['severity'],
  code: string,
  message: string,
  hint?: string,
): void {
  const { file, line, column } = sourceOf(field);
  field.report({
    severity,
    code: `network/${code}`,
    message,
    ...(hint !== undefined && { hint }),
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  });
}
