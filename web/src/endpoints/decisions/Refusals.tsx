import type { Endpoint } from '../../../../src/estate/model.ts';
import { grouped } from '../../names.ts';
import type { Decided } from './api.ts';

interface Props {
  readonly decided: Decided | undefined;
  readonly endpoints: readonly Endpoint[];
}

const MAX_NAMED = 20;

/** Which endpoints were not decided, and why; and that the others were. */
export function Refusals({ decided, endpoints }: Props) {
  const refused = (decided?.results ?? []).flatMap(({ endpoint, problem }) =>
    problem === null ? [] : [{ id: endpoint, problem }],
  );
  if (decided === undefined || refused.length === 0) return null;
  const done = decided.results.length - refused.length;
  const byId = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
  return (
    <div className="error" role="alert">
      {done > 0 && <p>{grouped(done)} are decided; these are not:</p>}
      <ul>
        {refused.slice(0, MAX_NAMED).map(({ id, problem }) => (
          <li key={id}>
            {endpoints.length > 1 && <code>{nameOf(byId.get(id), id)}: </code>}
            {problem.message}
            {problem.hint !== null && ` — ${problem.hint}`}
          </li>
        ))}
      </ul>
      {refused.length > MAX_NAMED && <p>… and {grouped(refused.length - MAX_NAMED)} more</p>}
    </div>
  );
}

function nameOf(endpoint: Endpoint | undefined, id: string): string {
  return endpoint === undefined ? id : `${endpoint.method} ${endpoint.template}`;
}
