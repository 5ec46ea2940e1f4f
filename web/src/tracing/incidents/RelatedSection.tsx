import { Link } from '@tanstack/react-router';
import { Moment } from '../../components/Moment.tsx';
import { Badge } from '../../components/parts.tsx';
import type { IncidentView } from '../model.ts';
import { Prose } from '../parts.tsx';
import { ShortList } from '../ShortList.tsx';
import { STATE_TONES } from './words.ts';

/** Other incidents that have something in common with one; nothing where there are none. */
export function RelatedSection({ related }: Pick<IncidentView, 'related'>) {
  if (related.length === 0) return null;
  return (
    <section className="card" aria-labelledby="related">
      <h2 id="related">
        Related incidents <span className="count">{related.length}</span>
      </h2>
      <ShortList
        items={related}
        none=""
        keyOf={({ id }) => id}
        show={({ id, state, severity, reason, lastTime, because }) => (
          <>
            <span className={`badge ${STATE_TONES[state]}`}>{state}</span>
            <Badge word={severity} />
            <Link to="/incidents/$id" params={{ id }}>
              {reason}
            </Link>
            <Moment time={lastTime} />
            <span className="dim">
              <Prose text={because} />
            </span>
          </>
        )}
      />
    </section>
  );
}
