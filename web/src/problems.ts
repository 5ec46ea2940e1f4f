import { ApiError } from './api.ts';

/** What the server refused of a form: under the fields that it names, and the rest at the top. */
export interface FormProblems {
  readonly fields: Readonly<Record<string, string>>;
  readonly rest: Error | null;
}

const NONE: FormProblems = { fields: {}, rest: null };

/** Problems of a body come as `body.decision.until: Invalid date; body.reason: …`; of the parts of such a
 *  path, one is the field.
 *  @see RFC 9457 */
export function problemsOf(error: Error | null, known: readonly string[]): FormProblems {
  if (error === null) return NONE;
  if (!(error instanceof ApiError) || error.code !== 'http/request-invalid') {
    return { fields: {}, rest: error };
  }
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const problem of error.message.split('; ')) {
    const [, path = '', text = ''] = /^body\.([\w.]+): (.+)$/s.exec(problem) ?? [];
    const field = path.split('.').find((part) => known.includes(part));
    if (field !== undefined) fields[field] ??= text;
    else rest.push(problem);
  }
  return {
    fields,
    rest: rest.length === 0 ? null : new ApiError({ ...error, message: rest.join('; ') }),
  };
}
