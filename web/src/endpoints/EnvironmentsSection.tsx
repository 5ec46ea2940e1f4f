import { Link } from '@tanstack/react-router';
import type { Endpoint } from '../../../src/estate/model.ts';
import { Badge, Missing } from '../components/parts.tsx';
import { environmentsOf } from './words.ts';

/** The same operation of the same service, environment by environment. */
export function EnvironmentsSection({ endpoint }: { readonly endpoint: Endpoint }) {
  if (endpoint.elsewhere.length === 0) return null;
  return (
    <section>
      <h3>In each environment</h3>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Environment</th>
            <th scope="col">Status</th>
            <th scope="col">Traffic</th>
          </tr>
        </thead>
        <tbody>
          {environmentsOf(endpoint).map(({ environment, id, status, observed }) => (
            <tr key={id} aria-current={id === endpoint.id ? 'true' : undefined}>
              <th scope="row">
                {id === endpoint.id ? (
                  <>
                    {environment} <span className="dim">(this one)</span>
                  </>
                ) : (
                  <Link to="/$list" params={{ list: 'endpoints' }} search={{ id }}>
                    {environment}
                  </Link>
                )}
              </th>
              <td>
                <Badge word={status} />
              </td>
              <td>{observed ? 'seen' : <Missing what="not seen" />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
