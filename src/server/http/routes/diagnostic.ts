import { z } from 'zod';

/** Something that a reader says of its input. */
export const Diagnostic = z.strictObject({
  severity: z.enum(['error', 'warning', 'note']),
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  file: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
});
