import { ApiError } from '../api.ts';
import { ErrorNote } from '../components/parts.tsx';

/** What went wrong with what traces show; where they are not followed, how to have that done. */
export function TracingProblem({ error }: { readonly error: Error }) {
  if (!isOff(error)) return <ErrorNote error={error} />;
  return (
    <p className="empty">
      Traces are not followed here: set <code>tracing.enabled</code> in the configuration.
    </p>
  );
}

/** Whether the server has no such thing at all, other than that one is not there. */
export function isOff(error: Error): boolean {
  return error instanceof ApiError && error.code === 'http/not-found';
}
