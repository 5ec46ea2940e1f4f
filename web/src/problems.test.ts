import { describe, expect, it } from 'vitest';
import { ApiError } from './api.ts';
import { problemsOf } from './problems.ts';

const refused = (message: string) =>
  new ApiError({ status: 400, code: 'http/request-invalid', message, hint: 'read the document' });

describe('what the server refuses of a form', () => {
  it('stands under the field that it names', () => {
    const error = refused('body.until: Invalid ISO date; body.owner: Too small: at least 1');
    expect(problemsOf(error, ['until', 'owner'])).toEqual({
      fields: { until: 'Invalid ISO date', owner: 'Too small: at least 1' },
      rest: null,
    });
  });

  it('names the field of a nested problem', () => {
    const { fields } = problemsOf(refused('body.decision.sensitivity.0: Too big'), ['sensitivity']);
    expect(fields).toEqual({ sensitivity: 'Too big' });
  });

  it('stands at the top where the form has no such field', () => {
    const { fields, rest } = problemsOf(refused('body: Invalid; body.until: Bad'), ['until']);
    expect(fields).toEqual({ until: 'Bad' });
    expect(rest).toMatchObject({ message: 'body: Invalid', hint: 'read the document' });
  });

  it('stands at the top where it is about something else', () => {
    const error = new ApiError({ status: 409, code: 'estate/conflict', message: 'body.until: no' });
    expect(problemsOf(error, ['until'])).toEqual({ fields: {}, rest: error });
    expect(problemsOf(null, ['until'])).toEqual({ fields: {}, rest: null });
  });
});
