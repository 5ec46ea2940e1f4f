import type { z } from 'zod';
import { Fault } from '../../base/fault.ts';

/** Checks one part of a request; every problem of it is told at once, and never the values.
 *  @throws {Fault} `http/request-invalid` */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  part: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `${[part, ...issue.path.map(String)].join('.')}: ${issue.message}`,
  );
  throw new Fault('http/request-invalid', problems.join('; '), {
    hint: '/openapi.json describes every operation',
  });
}
