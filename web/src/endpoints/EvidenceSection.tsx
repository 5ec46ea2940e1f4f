import type { Endpoint } from '../../../src/estate/model.ts';
import { Missing, Places } from '../components/parts.tsx';

/** Who says that the endpoint exists, by how they know. What nobody says is told too: that is what most
 *  statuses come from. */
export function EvidenceSection({ endpoint }: { readonly endpoint: Endpoint }) {
  const { declaredIn, configuredIn, implementedIn, observed } = endpoint;
  const rows = [
    { term: 'Declared', places: declaredIn, otherwise: 'in no specification' },
    { term: 'Configured', places: configuredIn, otherwise: 'by no gateway, mesh or cluster' },
    { term: 'Implemented', places: implementedIn, otherwise: 'in no code that was read' },
  ];
  return (
    <section>
      <h3>Evidence</h3>
      <dl className="facts">
        {rows.map(({ term, places, otherwise }) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{places.length > 0 ? <Places places={places} /> : <Missing what={otherwise} />}</dd>
          </div>
        ))}
        <div>
          <dt>Observed</dt>
          <dd>{observed ? 'in traffic' : <Missing what="not yet" />}</dd>
        </div>
      </dl>
    </section>
  );
}
