import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { get } from '../api.ts';
import { Moment } from '../components/Moment.tsx';
import { Badge, ErrorNote, Missing, OwnerName, ServiceLink } from '../components/parts.tsx';
import type { Filter } from '../lists.tsx';
import { grouped, span } from '../names.ts';
import type { DenialView, Entry, IssueCount, Unregistered } from './model.ts';
import { Time } from './OverviewSection.tsx';
import { PagedTable, Table } from './PagedTable.tsx';

/** What is listed below the authorities, one at a time. */
export interface View {
  readonly title: string;
  readonly filters: readonly Filter[];
  readonly show: (filters: Readonly<Record<string, string>>) => ReactNode;
}

const ORIGIN: Filter = {
  key: 'origin',
  label: 'Registered by',
  choices: [
    ['automatic', 'the estate'],
    ['person', 'people'],
  ],
};

export const VIEWS: Readonly<Record<string, View>> = {
  entries: {
    title: 'Registrations',
    filters: [{ key: 'owner', label: 'Owner', choices: 'owners' }, ORIGIN],
    show: (filters) => <Entries filters={filters} />,
  },
  issues: { title: 'Issued', filters: [], show: (filters) => <Issues filters={filters} /> },
  unregistered: {
    title: 'No identity',
    filters: [],
    show: (filters) => <WithoutIdentity filters={filters} />,
  },
  denied: { title: 'Denied', filters: [], show: (filters) => <Denials filters={filters} /> },
};

interface Props {
  readonly filters: Readonly<Record<string, string>>;
}

function Entries({ filters }: Props) {
  return (
    <PagedTable<Entry>
      caption="Registrations"
      path="/identity/entries"
      filters={filters}
      keyOf={({ id }) => id}
      empty="Nobody is registered yet: services are, as soon as they are known with an owner and a workload."
      columns={[
        { title: 'SPIFFE ID', cell: (entry) => <SpiffeId entry={entry} /> },
        { title: 'Owner', cell: ({ owner }) => <OwnerName owner={owner} /> },
        { title: 'Service', cell: ({ services }) => <Services ids={services} /> },
        { title: 'Selectors', cell: ({ selectors }) => <Lines texts={selectors} /> },
        { title: 'Lifetimes', cell: (entry) => lifetimesOf(entry) },
        { title: 'Registered', cell: (entry) => <Registered entry={entry} /> },
      ]}
    />
  );
}

function SpiffeId({ entry }: { readonly entry: Entry }) {
  const { spiffeId, parent, dnsNames, federatesWith, hint } = entry;
  const also = [
    ['hint', hint],
    ['DNS', dnsNames.join(', ')],
    ['federates with', federatesWith.join(', ')],
    ['by the agent', parent ?? ''],
  ].filter(([, text]) => text !== '');
  return (
    <>
      <code>{spiffeId}</code>
      {also.map(([what, text]) => (
        <div key={what} className="dim">
          {what} {text}
        </div>
      ))}
    </>
  );
}

function Services({ ids }: { readonly ids: readonly string[] }) {
  if (ids.length === 0) return <Missing what="none" />;
  return ids.map((id) => <ServiceLink key={id} id={id} />);
}

function Lines({ texts }: { readonly texts: readonly string[] }) {
  return (
    <ul>
      {texts.map((text) => (
        <li key={text}>
          <code>{text}</code>
        </li>
      ))}
    </ul>
  );
}

const lifetimesOf = ({ x509TtlSeconds, jwtTtlSeconds }: Entry): string =>
  `${span(x509TtlSeconds)}, tokens ${span(jwtTtlSeconds)}`;

function Registered({ entry }: { readonly entry: Entry }) {
  const { origin, createdBy, createdAt, expiresAt, absentSince } = entry;
  return (
    <div>
      {origin === 'automatic' ? 'by the estate' : createdBy}, <Moment time={createdAt} />
      {expiresAt !== null && (
        <div>
          ends <Time time={expiresAt} />
        </div>
      )}
      {absentSince !== null && (
        <div className="waits">
          its service is gone since <Moment time={absentSince} />
        </div>
      )}
    </div>
  );
}

function Issues({ filters }: Props) {
  return (
    <PagedTable<IssueCount>
      caption="Issued SVIDs"
      path="/identity/issues"
      filters={filters}
      keyOf={({ service }) => service ?? ''}
      empty="Nothing has been issued yet."
      columns={[
        {
          title: 'Service',
          cell: ({ service }) =>
            service === null ? <Missing what="of no service" /> : <ServiceLink id={service} />,
        },
        { title: 'X.509-SVIDs', isNumber: true, cell: ({ x509 }) => grouped(x509) },
        { title: 'JWT-SVIDs', isNumber: true, cell: ({ jwt }) => grouped(jwt) },
        { title: 'Refused', isNumber: true, cell: ({ refused }) => <Refused count={refused} /> },
      ]}
    />
  );
}

/** Leads to what was refused, and why. */
function Refused({ count }: { readonly count: number }) {
  if (count === 0) return '0';
  return (
    <Link to="/audit" search={{ action: 'identity.refuse' }}>
      {grouped(count)}
    </Link>
  );
}

function WithoutIdentity({ filters }: Props) {
  return (
    <PagedTable<Unregistered>
      caption="Services without an identity"
      path="/identity/unregistered"
      filters={filters}
      keyOf={({ service, because }) => `${service} ${because}`}
      empty="Every service has an identity."
      columns={[
        { title: 'Service', cell: ({ service }) => <ServiceLink id={service} /> },
        { title: 'Environment', cell: ({ service }) => service.split('/')[0] },
        { title: 'Why', cell: ({ because }) => because },
      ]}
    />
  );
}

const SHOWN_DENIALS = 500;
const REFRESH_MS = 5_000;
const THINGS = { identity: 'identity', serial: 'certificate', key: 'key' } as const;

/** What enforcement points refuse although it verifies. The list comes whole. */
function Denials({ filters: { search = '' } }: Props) {
  const { data, error } = useQuery({
    queryKey: ['identity', 'denials'],
    queryFn: () => get<{ items: readonly DenialView[] }>('/identity/denials'),
    refetchInterval: REFRESH_MS,
  });
  if (error) return <ErrorNote error={error} />;
  if (!data) return <p className="dim">Reading …</p>;
  const fitting = data.items.filter(({ value }) => value.includes(search));
  if (fitting.length === 0) {
    return <p className="empty">{search === '' ? 'Nobody is denied.' : 'Nothing fits.'}</p>;
  }
  return (
    <>
      <Table
        caption="Denied"
        items={fitting.slice(0, SHOWN_DENIALS)}
        keyOf={({ id }) => id}
        columns={[
          { title: 'What', cell: ({ value }) => <code>{value}</code> },
          { title: 'Kind', cell: ({ deny }) => <Badge word={THINGS[deny]} /> },
          { title: 'Why', cell: ({ why }) => why },
          { title: 'Since', cell: ({ at }) => <Moment time={at} /> },
          { title: 'Until', cell: (denial) => <Until denial={denial} /> },
        ]}
      />
      {fitting.length > SHOWN_DENIALS && (
        <p className="dim">
          The first {grouped(SHOWN_DENIALS)} of {grouped(fitting.length)}: search for the others.
        </p>
      )}
    </>
  );
}

function Until({ denial: { until, issuedBefore } }: { readonly denial: DenialView }) {
  return (
    <>
      {until === null ? 'it is lifted' : <Time time={until} />}
      {issuedBefore !== null && (
        <div className="dim">
          what was issued before <Moment time={issuedBefore} />
        </div>
      )}
    </>
  );
}
