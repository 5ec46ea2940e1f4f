import { Link } from '@tanstack/react-router';
import { Badge, Facts } from '../components/parts.tsx';
import { ahead, counted, grouped } from '../names.ts';
import type { AuthorityView, Overview } from './model.ts';
import { Table } from './PagedTable.tsx';

/** What signs, and what has come of it. */
export function OverviewSection({ overview }: { readonly overview: Overview }) {
  return (
    <>
      <section className="card" aria-labelledby="identity-figures">
        <h2 id="identity-figures">
          Trust domain <code>{overview.trustDomain}</code>
        </h2>
        <Facts rows={[...factsOf(overview)]} />
      </section>
      <section aria-labelledby="authorities">
        <h2 id="authorities">Authorities</h2>
        <Authorities authorities={overview.authorities} />
      </section>
    </>
  );
}

function* factsOf({ entries, issued, bundle, federation, workloadApi, ...more }: Overview) {
  yield {
    term: 'Registered',
    value: `${grouped(entries.total)}: ${grouped(entries.automatic)} from the estate, ${grouped(entries.person)} by people`,
  };
  yield {
    term: 'Issued',
    value: `${counted(issued.x509, 'X.509-SVID')}, ${counted(issued.jwt, 'JWT-SVID')}; ${grouped(issued.refused)} refused`,
  };
  yield {
    term: 'No identity',
    value: <ViewLink view="unregistered" count={more.unregistered} what="service" />,
  };
  yield {
    term: 'Denied',
    value: <ViewLink view="denied" count={more.denials.total} what="denial" />,
  };
  yield {
    term: 'Trust bundle',
    value: `${grouped(bundle.x509Authorities)} X.509, ${grouped(bundle.jwtAuthorities)} JWT; changed ${counted(bundle.sequence, 'time')}`,
  };
  yield {
    term: 'Federation',
    value:
      federation.total === 0
        ? 'with nobody'
        : `with ${counted(federation.total, 'trust domain')}, ${grouped(federation.trusted)} believed`,
  };
  yield { term: 'Agents', value: `${grouped(more.agents)} connected` };
  yield { term: 'This machine', value: <ThisMachine api={workloadApi} /> };
}

function ThisMachine({ api }: { readonly api: Overview['workloadApi'] }) {
  if (api === null) return 'no Workload API is served here';
  return (
    <>
      {counted(api.workloads, 'workload')} with {counted(api.svids, 'SVID')}, at{' '}
      <code>{api.address}</code>
    </>
  );
}

interface ViewLinkProps {
  readonly view: string;
  readonly count: number;
  readonly what: string;
}

function ViewLink({ view, count, what }: ViewLinkProps) {
  if (count === 0) return 'none';
  return (
    <Link to="/identity" search={{ view }}>
      {counted(count, what)}
    </Link>
  );
}

const KINDS = { x509: 'X.509', jwt: 'JWT' } as const;

function Authorities({ authorities }: { readonly authorities: readonly AuthorityView[] }) {
  if (authorities.length === 0) {
    return <p className="empty">There is no authority yet: the first one comes in a moment.</p>;
  }
  return (
    <Table
      caption="Authorities"
      items={authorities}
      keyOf={({ id }) => id}
      columns={[
        { title: 'Key', cell: ({ id }) => <code title={id}>{id.slice(0, 16)}</code> },
        { title: 'Signs', cell: ({ kind }) => KINDS[kind] },
        { title: 'State', cell: (authority) => <State authority={authority} /> },
        { title: 'Begins', cell: ({ notBefore }) => <Time time={notBefore} /> },
        { title: 'Ends', cell: ({ notAfter }) => <Time time={notAfter} /> },
      ]}
    />
  );
}

function State({
  authority: { status, taint, isLeaving, isRoot },
}: {
  readonly authority: AuthorityView;
}) {
  return (
    <span className="marks">
      <Badge word={status} />
      {taint && <Badge word="tainted" />}
      {isLeaving && <span className="dim">a successor takes its place</span>}
      {isRoot === false && <span className="dim">signed by an upstream</span>}
    </span>
  );
}

/** Past or to come; the title says when. */
export function Time({ time }: { readonly time: string }) {
  return (
    <time dateTime={time} title={time}>
      {ahead(time)}
    </time>
  );
}
