import { Link } from '@tanstack/react-router';
import type { Call, Credential, Service, Source } from '../../src/estate/model.ts';
import type { StoredFinding } from '../../src/estate/store.ts';
import {
  Badge,
  Facts,
  Missing,
  OwnerName,
  Place,
  Places,
  ServiceLink,
} from './components/parts.tsx';
import { AssignAction } from './credentials/AssignAction.tsx';
import { ago } from './names.ts';

/** What the detail panel says of an item, evidence and place first. */

export function serviceDetail(service: Service) {
  const { id, owner, kind, exposure, criticality, identity, sources } = service;
  return (
    <>
      <Facts
        rows={[
          { term: 'Owner', value: <OwnerName owner={owner} /> },
          { term: 'Kind', value: kind },
          { term: 'Exposure', value: <Badge word={exposure} /> },
          { term: 'Criticality', value: criticality ?? <Missing what="not known" /> },
          { term: 'Identity', value: identity ? <code>{identity}</code> : <Missing what="none" /> },
        ]}
      />
      <h3>More of it</h3>
      <ul className="links">
        <Related list="endpoints" filter={{ service: id }} text="Its endpoints" />
        <Related list="calls" filter={{ from: id }} text="Calls it makes" />
        <Related list="calls" filter={{ to: id }} text="Calls it takes" />
        <Related list="credentials" filter={{ service: id }} text="Its credentials" />
        <Related list="findings" filter={{ subject: id }} text="Its findings" />
        <li>
          <Link to="/graph" search={{ service: id, id }}>
            What is usual for it, as traces show
          </Link>
        </li>
      </ul>
      <Evidence sources={sources} />
    </>
  );
}

export function callDetail(call: Call) {
  return (
    <>
      <Facts
        rows={[
          { term: 'From', value: <ServiceLink id={call.from} /> },
          { term: 'To', value: <ServiceLink id={call.to} /> },
          { term: 'Authentication', value: <Badge word={call.authentication} /> },
          { term: 'Because', value: call.evidence },
          { term: 'Allowed by', value: call.allowedBy.join(', ') || <Missing what="no policy" /> },
          { term: 'Declared', value: call.declared ? 'yes' : <Missing what="no" /> },
          { term: 'Observed', value: call.observed ? 'in traces' : <Missing what="not yet" /> },
        ]}
      />
      <Evidence sources={call.sources} />
      <ul className="links">
        <Related list="findings" filter={{ subject: call.id }} text="Its findings" />
      </ul>
    </>
  );
}

export function credentialDetail(credential: Credential) {
  const { id, kind, services, owner, ownerBecause, rotation, problems, evidence } = credential;
  const { created, lastRotated, expires, lastUsed, secret } = credential;
  return (
    <>
      <AssignAction credential={credential} />
      <Facts
        rows={[
          { term: 'Kind', value: kind },
          {
            term: 'Used by',
            value:
              services.length === 0 ? (
                <Missing what="no service" />
              ) : (
                services.map((service) => <ServiceLink key={service} id={service} />)
              ),
          },
          { term: 'Owner', value: <OwnerName owner={owner} /> },
          { term: 'Owner because', value: ownerBecause },
          { term: 'Kept in', value: secret === null ? 'not in Reeve' : `Reeve, as ${secret}` },
          { term: 'Rotation', value: rotation ?? <Missing what="no path" /> },
          { term: 'Created', value: created },
          { term: 'Last rotated', value: lastRotated },
          { term: 'Last used', value: lastUsed ?? 'not known' },
          { term: 'Expires', value: expires },
          {
            term: 'Problems',
            value:
              problems.length === 0
                ? 'none'
                : problems.map((problem) => {
                    const because = evidence[problem];
                    return (
                      <div key={problem}>
                        {problem}
                        {because === undefined ? '' : `: ${because}`}
                      </div>
                    );
                  }),
          },
        ]}
      />
      <PlacesOf title="Lies in" places={credential.locations} />
      <ul className="links">
        <Related list="findings" filter={{ subject: id }} text="Its findings" />
      </ul>
    </>
  );
}

export function findingDetail(finding: StoredFinding) {
  const { severity, control, remedy, location, frameworks, firstSeen, resolvedAt } = finding;
  return (
    <>
      <Facts
        rows={[
          { term: 'Severity', value: <Badge word={severity} /> },
          { term: 'What to do', value: remedy },
          { term: 'Line to change', value: location ? <Place place={location} /> : null },
          { term: 'Control', value: <code>{control}</code> },
          { term: 'Subject', value: <code>{finding.subject}</code> },
          { term: 'Since', value: <time dateTime={firstSeen}>{ago(firstSeen)}</time> },
          { term: 'Resolved', value: resolvedAt === null ? null : ago(resolvedAt) },
        ]}
      />
      {frameworks.length > 0 && (
        <>
          <h3>Frameworks</h3>
          <ul className="places">
            {frameworks.map((clause) => (
              <li key={clause}>{clause}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

interface RelatedProps {
  readonly list: string;
  readonly filter: Readonly<Record<string, string>>;
  readonly text: string;
}

function Related({ list, filter, text }: RelatedProps) {
  return (
    <li>
      <Link to="/$list" params={{ list }} search={filter}>
        {text}
      </Link>
    </li>
  );
}

interface PlacesOfProps {
  readonly title: string;
  readonly places: Parameters<typeof Places>[0]['places'];
}

function PlacesOf({ title, places }: PlacesOfProps) {
  if (places.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <Places places={places} />
    </>
  );
}

/** Who says so, and where. */
function Evidence({ sources }: { readonly sources: readonly Source[] }) {
  return (
    <>
      <h3>Evidence</h3>
      <ul className="evidence">
        {sources.map((source) => (
          <li key={JSON.stringify(source)}>
            <span className="dim">
              {source.how} · {source.reader}
            </span>
            {source.file !== undefined && <Place place={{ ...source, file: source.file }} />}
          </li>
        ))}
      </ul>
    </>
  );
}
