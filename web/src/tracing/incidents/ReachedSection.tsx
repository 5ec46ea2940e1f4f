import { Link } from '@tanstack/react-router';
import { Badge, Missing } from '../../components/parts.tsx';
import { counted } from '../../names.ts';
import type { IncidentView } from '../model.ts';
import { PartyLink } from '../parts.tsx';
import { ShortList } from '../ShortList.tsx';

/** What whoever is behind it has had in hand. */
export function ReachedSection({ reached }: Pick<IncidentView, 'reached'>) {
  const { services, endpoints, data, credentials } = reached;
  return (
    <section className="card" aria-labelledby="reached">
      <h2 id="reached">What was reached</h2>
      <Kinds data={data} none="No sensitive data is known to be among it." />
      <h3>{counted(services.length, 'service')}</h3>
      <ShortList
        items={services}
        none="None."
        className="inline"
        few={12}
        keyOf={(id) => id}
        show={(id) => <PartyLink id={id} />}
      />
      <h3>{counted(endpoints.length, 'endpoint')} that answered</h3>
      <ShortList
        items={endpoints}
        none="None."
        keyOf={({ service, operation }) => `${service} ${operation}`}
        show={({ id, service, operation, status, sensitivity }) => (
          <>
            {id === null ? (
              <code>{operation}</code>
            ) : (
              <Link to="/$list" params={{ list: 'endpoints' }} search={{ id }}>
                <code>{operation}</code>
              </Link>
            )}
            <span>
              of <PartyLink id={service} />
            </span>
            <Badge word={status} />
            {sensitivity.map((kind) => (
              <span key={kind} className="badge bad">
                {kind}
              </span>
            ))}
          </>
        )}
      />
      <h3>{counted(credentials.length, 'credential')} that could be read</h3>
      <ShortList
        items={credentials}
        none="None is known."
        keyOf={({ id }) => id}
        show={({ id, name, service, owner, secret }) => (
          <>
            <Link to="/$list" params={{ list: 'credentials' }} search={{ id }}>
              {name}
            </Link>
            <span>
              of <PartyLink id={service} />
            </span>
            <span className="dim">
              {owner ?? <Missing what="no owner" />}
              {secret === null && ', kept elsewhere'}
            </span>
          </>
        )}
      />
    </section>
  );
}

/** What falls next. */
export function BlastSection({ blastRadius }: Pick<IncidentView, 'blastRadius'>) {
  const { services, serviceCount, data } = blastRadius;
  return (
    <section className="card" aria-labelledby="blast">
      <h2 id="blast">Blast radius from here</h2>
      <p>
        Policy lets what was reached call{' '}
        <b>{counted(serviceCount, 'more service', 'more services')}</b>, directly or through others.
      </p>
      <Kinds data={data} none="No sensitive data is known to be there." />
      <ShortList
        items={services}
        none="Nobody: it ends here."
        className="inline"
        few={24}
        keyOf={(id) => id}
        show={(id) => <PartyLink id={id} />}
      />
    </section>
  );
}

function Kinds({ data, none }: { readonly data: readonly string[]; readonly none: string }) {
  if (data.length === 0) return <p className="dim">{none}</p>;
  return (
    <p className="marks">
      Sensitive data:
      {data.map((kind) => (
        <span key={kind} className="badge bad">
          {kind}
        </span>
      ))}
    </p>
  );
}
