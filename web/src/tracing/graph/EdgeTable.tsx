import { Link } from '@tanstack/react-router';
import { Moment } from '../../components/Moment.tsx';
import { grouped } from '../../names.ts';
import type { ListSearch } from '../../router.tsx';
import { Word } from '../parts.tsx';
import { EVIDENCE, fullWords } from '../words.ts';
import type { ShownEdge } from './picture.ts';

interface Props {
  readonly edges: readonly ShownEdge[];
  readonly search: ListSearch;
}

const SHOWN = 200;

/** The same as the picture, as a table. */
export function EdgeTable({ edges, search }: Props) {
  const { id: _, ...rest } = search;
  return (
    <>
      <div className="scroll">
        <table className="cards">
          <caption className="hidden">Relationships</caption>
          <thead>
            <tr>
              <th scope="col">Relationship</th>
              <th scope="col">Who called</th>
              <th scope="col" className="number">
                Requests
              </th>
              <th scope="col" className="number">
                Denied
              </th>
              <th scope="col" className="number">
                Failed
              </th>
              <th scope="col">First seen</th>
            </tr>
          </thead>
          <tbody>
            {edges.slice(0, SHOWN).map(({ edge, isNew }) => {
              const { from, to } = edge;
              const isLookedAt = search.from === from && search.to === to;
              return (
                <tr key={`${from} ${to}`} aria-current={isLookedAt ? 'true' : undefined}>
                  <th scope="row">
                    <Link to="/graph" search={{ ...rest, from, to }} resetScroll={false}>
                      {fullWords(from)} → {fullWords(to)}
                    </Link>
                  </th>
                  <td data-column="Who called">
                    <Word said={EVIDENCE[edge.evidence]} />
                  </td>
                  <td data-column="Requests" className="number">
                    {grouped(edge.requests)}
                  </td>
                  <td data-column="Denied" className="number">
                    {grouped(edge.denied)}
                  </td>
                  <td data-column="Failed" className="number">
                    {grouped(edge.failed)}
                  </td>
                  <td data-column="First seen">
                    <Moment time={edge.firstSeen} />{' '}
                    {isNew && <span className="badge warn">new</span>}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {edges.length > SHOWN && (
        <p className="dim">The {SHOWN} with most requests: set a filter to see others.</p>
      )}
    </>
  );
}
