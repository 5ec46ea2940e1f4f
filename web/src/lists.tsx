import type { ColumnDef } from '@tanstack/react-table';
import { tableFeatures } from '@tanstack/react-table';
import type { ReactNode } from 'react';
import type { Call, Credential, Endpoint, Service } from '../../src/estate/model.ts';
import type { StoredFinding } from '../../src/estate/store.ts';
import { Badge, Missing, OwnerName, Place, ServiceLink } from './components/parts.tsx';
import type { Selection } from './components/selection.tsx';
import { callDetail, credentialDetail, findingDetail, serviceDetail } from './details.tsx';
import { BulkBar } from './endpoints/BulkBar.tsx';
import {
  EnvironmentChips,
  Marks,
  OperationName,
  SensitivityTags,
  TrafficCell,
} from './endpoints/cells.tsx';
import { EndpointDetail } from './endpoints/EndpointDetail.tsx';

/** The lists of the console: columns, filters and detail of each, in one table. */

export const LIST_NAMES = ['services', 'endpoints', 'calls', 'credentials', 'findings'] as const;
export type ListName = (typeof LIST_NAMES)[number];

interface Items {
  services: Service;
  endpoints: Endpoint;
  calls: Call;
  credentials: Credential;
  findings: StoredFinding;
}
export type ItemOf<Name extends ListName> = Items[Name];
export type AnyItem = Items[ListName];

export const features = tableFeatures({});
export type Column<Item extends AnyItem> = ColumnDef<typeof features, Item>;

/** A filter with its choices: fixed ones, or those that the server knows. */
export interface Filter {
  readonly key: string;
  readonly label: string;
  readonly choices: readonly Choice[] | 'environments' | 'owners';
  /** What is shown without a choice; else `any`. */
  readonly otherwise?: string;
  /** What has no owner can be asked for too. */
  readonly nobody?: true;
  /** Seldom needed: out of the way until more filters are asked for. */
  readonly rare?: true;
}

/** A value, with what is shown for it where that differs. */
export type Choice = string | readonly [value: string, shown: string];

export interface List<Item extends AnyItem> {
  readonly title: string;
  /** What the first column shows of an item; it leads to the detail. */
  readonly label: (item: Item) => ReactNode;
  readonly labelHeader: string;
  readonly columns: readonly Column<Item>[];
  readonly filters: readonly Filter[];
  readonly detail: (item: Item) => ReactNode;
  /** What can be done with rows that are selected; absent where none can be. */
  readonly bulk?: (selection: Selection<Item>) => ReactNode;
}

const ENVIRONMENT: Filter = { key: 'environment', label: 'Environment', choices: 'environments' };
const OWNER: Filter = { key: 'owner', label: 'Owner', choices: 'owners', nobody: true };
const CRITICALITY: Filter = {
  key: 'criticality',
  label: 'Criticality',
  choices: ['critical', 'high', 'medium', 'low'],
};

const ENDPOINT_FILTERS: readonly Filter[] = [
  ENVIRONMENT,
  {
    key: 'status',
    label: 'Status',
    choices: ['governed', 'shadow', 'zombie', 'dormant', 'unowned'],
  },
  {
    key: 'review',
    label: 'Waits for review',
    choices: [
      ['any', 'for any reason'],
      'shadow',
      'zombie',
      'changed',
      'unowned',
      ['acceptance-ended', 'acceptance ended'],
      ['sunset-passed', 'past its last day'],
    ],
  },
  OWNER,
  { key: 'protocol', label: 'Protocol', rare: true, choices: ['http', 'grpc', 'graphql', 'event'] },
  {
    key: 'method',
    label: 'Method',
    rare: true,
    choices: [
      ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY', 'RPC'],
      ...['QUERY', 'MUTATION', 'SUBSCRIPTION', 'PUBLISH', 'SUBSCRIBE'],
    ],
  },
  { ...CRITICALITY, rare: true },
  {
    key: 'observed',
    label: 'Traffic',
    rare: true,
    choices: [
      ['true', 'seen'],
      ['false', 'not seen'],
    ],
  },
  {
    key: 'blocked',
    label: 'Blocked',
    rare: true,
    choices: [
      ['true', 'yes'],
      ['false', 'no'],
    ],
  },
  {
    key: 'visibility',
    label: 'Certainty',
    rare: true,
    choices: [
      ['unstable', 'hardly seen'],
      ['probe', 'only 404'],
      ['all', 'all of them'],
    ],
    otherwise: 'endpoints',
  },
];

function column<Item extends AnyItem>(
  header: string,
  cell: (item: Item) => ReactNode,
): Column<Item> {
  return { id: header, header, cell: ({ row }) => cell(row.original) };
}

export const LISTS: { readonly [Name in ListName]: List<ItemOf<Name>> } = {
  services: {
    title: 'Services',
    labelHeader: 'Service',
    label: ({ name, namespace }) => (
      <>
        {name} <span className="dim">{namespace}</span>
      </>
    ),
    columns: [
      column('Owner', ({ owner }) => <OwnerName owner={owner} />),
      column('Kind', ({ kind }) => kind),
      column('Exposure', ({ exposure }) => <Badge word={exposure} />),
      column('Criticality', ({ criticality }) => criticality ?? <Missing what="not known" />),
      column('Identity', ({ identity }) =>
        identity === null ? <Missing what="none" /> : <code>{identity}</code>,
      ),
    ],
    filters: [
      ENVIRONMENT,
      { key: 'kind', label: 'Kind', choices: ['workload', 'datastore', 'external'] },
      { key: 'exposure', label: 'Exposure', choices: ['internet', 'internal'] },
      CRITICALITY,
      OWNER,
    ],
    detail: serviceDetail,
  },
  endpoints: {
    title: 'Endpoints',
    labelHeader: 'Endpoint',
    label: (endpoint) => <OperationName endpoint={endpoint} />,
    columns: [
      column('Service', ({ service }) => <ServiceLink id={service} />),
      column('Status', (endpoint) => <Marks endpoint={endpoint} />),
      column('Environments', (endpoint) => <EnvironmentChips endpoint={endpoint} />),
      column('Traffic', (endpoint) => <TrafficCell endpoint={endpoint} />),
      column('Sensitivity', (endpoint) => <SensitivityTags endpoint={endpoint} />),
      column('Owner', ({ owner }) => <OwnerName owner={owner} />),
    ],
    filters: ENDPOINT_FILTERS,
    detail: (endpoint) => <EndpointDetail endpoint={endpoint} />,
    bulk: (selection) => <BulkBar selection={selection} />,
  },
  calls: {
    title: 'Calls',
    labelHeader: 'Call',
    label: ({ operation }) => <code>{operation === '*' ? 'any operation' : operation}</code>,
    columns: [
      column('From', ({ from }) => <ServiceLink id={from} />),
      column('To', ({ to }) => <ServiceLink id={to} />),
      column('Authentication', ({ authentication }) => <Badge word={authentication} />),
      column('Declared', ({ declared }) => (declared ? 'yes' : <Missing what="no" />)),
      column('Observed', ({ observed }) => (observed ? 'yes' : <Missing what="no" />)),
    ],
    filters: [
      ENVIRONMENT,
      {
        key: 'authentication',
        label: 'Authentication',
        choices: ['mtls', 'token', 'none', 'unknown'],
      },
    ],
    detail: callDetail,
  },
  credentials: {
    title: 'Credentials',
    labelHeader: 'Credential',
    label: ({ name }) => name,
    columns: [
      column('Kind', ({ kind }) => kind),
      column('Service', ({ service }) =>
        service === null ? <Missing what="no service" /> : <ServiceLink id={service} />,
      ),
      column('Owner', ({ owner }) => <OwnerName owner={owner} />),
      column('Rotation', ({ rotation }) => rotation ?? <Missing what="no path" />),
      column('Lies in', ({ locations }) => {
        const [first] = locations;
        return first ? <Place place={first} /> : '';
      }),
    ],
    filters: [ENVIRONMENT, OWNER],
    detail: credentialDetail,
  },
  findings: {
    title: 'Findings',
    labelHeader: 'Finding',
    label: ({ message }) => message,
    columns: [
      column('Severity', ({ severity }) => <Badge word={severity} />),
      column('Control', ({ control }) => <code>{control}</code>),
      column('Line to change', ({ location }) => (location ? <Place place={location} /> : '')),
    ],
    filters: [
      ENVIRONMENT,
      {
        key: 'severity',
        label: 'Severity',
        choices: ['critical', 'high', 'medium', 'low', 'info'],
      },
      { key: 'state', label: 'State', choices: ['resolved'], otherwise: 'open' },
    ],
    detail: findingDetail,
  },
};
