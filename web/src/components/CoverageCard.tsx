import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get } from '../api.ts';
import { toPercent } from '../endpoints/words.ts';
import { grouped, nameOf, partsOf } from '../names.ts';
import { ErrorNote } from './parts.tsx';

interface Figures {
  /** Endpoints that somebody declares. */
  readonly declared: number;
  /** Endpoints that were found, whoever declares them. */
  readonly discovered: number;
  /** Endpoints that were found, and that nobody declares. */
  readonly undeclared: number;
  /** `undeclared` of `discovered`, 0 to 1. */
  readonly share: number;
}

interface Coverage extends Figures {
  /** Services with undeclared endpoints; the first of them are in `byService`. */
  readonly gapCount: number;
  readonly byService: readonly (Figures & { readonly service: string })[];
  readonly byEnvironment: readonly (Figures & { readonly environment: string })[];
}

const SERVICES = 5;

/** What was found against what is declared: the gap as a figure, by environment, and where it is. */
export function CoverageCard() {
  const { data, error } = useQuery({
    queryKey: ['coverage'],
    queryFn: () =>
      get<{ coverage: Coverage | null }>('/inventory/coverage', { services: SERVICES }),
    refetchInterval: 5_000,
  });
  if (error) return <ErrorNote error={error} />;
  if (data?.coverage === null) return null;
  return (
    <section className="card coverage" aria-labelledby="coverage">
      <h2 id="coverage">Discovered against declared</h2>
      {data ? <Gap coverage={data.coverage} /> : <p className="dim">Reading …</p>}
    </section>
  );
}

function Gap({ coverage }: { readonly coverage: Coverage }) {
  const { declared, discovered, undeclared, share, byEnvironment, byService } = coverage;
  const gaps = byService.filter((service) => service.undeclared > 0);
  return (
    <>
      <p>
        <b>{grouped(discovered)}</b> discovered, <b>{grouped(declared)}</b> declared:{' '}
        <Link to="/$list" params={{ list: 'endpoints' }} search={{ status: 'shadow' }}>
          <b>{grouped(undeclared)}</b> ({toPercent(share)} of what was discovered) declared nowhere
        </Link>
      </p>
      <Bar figures={coverage} />
      <div className="gaps">
        {byEnvironment.length > 1 && <Environments environments={byEnvironment} />}
        {gaps.length > 0 && <Services services={gaps} more={coverage.gapCount - gaps.length} />}
      </div>
    </>
  );
}

/** Of what was discovered: what is declared, and what is not. */
function Bar({ figures }: { readonly figures: Figures }) {
  const { discovered, undeclared } = figures;
  return (
    <div className="bar-of-shares" aria-hidden="true">
      <span className="good" style={{ flexGrow: discovered - undeclared }} />
      {undeclared > 0 && <span className="bad" style={{ flexGrow: undeclared }} />}
    </div>
  );
}

function Environments({ environments }: { readonly environments: Coverage['byEnvironment'] }) {
  return (
    <table className="plain">
      <caption>By environment</caption>
      <thead>
        <tr>
          <th scope="col">Environment</th>
          <th scope="col" className="number">
            Discovered
          </th>
          <th scope="col" className="number">
            Declared
          </th>
          <th scope="col" className="number">
            Undeclared
          </th>
        </tr>
      </thead>
      <tbody>
        {environments.map((figures) => (
          <tr key={figures.environment}>
            <th scope="row">
              {figures.environment}
              <Bar figures={figures} />
            </th>
            <td className="number">{grouped(figures.discovered)}</td>
            <td className="number">{grouped(figures.declared)}</td>
            <td className="number">
              <Link
                to="/$list"
                params={{ list: 'endpoints' }}
                search={{ status: 'shadow', environment: figures.environment }}
                aria-label={`${grouped(figures.undeclared)} undeclared in ${figures.environment}`}
              >
                {grouped(figures.undeclared)}
              </Link>{' '}
              <span className="dim">({toPercent(figures.share)})</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ServicesProps {
  readonly services: Coverage['byService'];
  /** Services besides these that have undeclared endpoints. */
  readonly more: number;
}

function Services({ services, more }: ServicesProps) {
  return (
    <div>
      <h3>Where most is undeclared</h3>
      <ul>
        {services.map(({ service, undeclared }) => (
          <li key={service}>
            <Link
              to="/$list"
              params={{ list: 'endpoints' }}
              search={{ status: 'shadow', service }}
              title={service}
            >
              <b>{grouped(undeclared)}</b> of {nameOf(service)}
            </Link>{' '}
            <span className="dim">{partsOf(service).environment}</span>
          </li>
        ))}
        {more > 0 && (
          <li className="dim">
            and {grouped(more)} more {more === 1 ? 'service' : 'services'}
          </li>
        )}
      </ul>
    </div>
  );
}
