import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { get } from '../api.ts';
import { counted } from '../names.ts';
import { ActionsSection } from '../tracing/incidents/ActionsSection.tsx';
import { FixesSection } from '../tracing/incidents/FixesSection.tsx';
import { HopTable } from '../tracing/incidents/HopTable.tsx';
import { IncidentHead } from '../tracing/incidents/IncidentHead.tsx';
import { NotesSection } from '../tracing/incidents/NotesSection.tsx';
import { PathPicture } from '../tracing/incidents/PathPicture.tsx';
import { pathOf } from '../tracing/incidents/path.ts';
import { BlastSection, ReachedSection } from '../tracing/incidents/ReachedSection.tsx';
import { RelatedSection } from '../tracing/incidents/RelatedSection.tsx';
import { SignView } from '../tracing/incidents/SignView.tsx';
import type { IncidentView } from '../tracing/model.ts';
import { TraceLink } from '../tracing/parts.tsx';
import { ShortList } from '../tracing/ShortList.tsx';
import { TracingProblem } from '../tracing/TracingProblem.tsx';

const REFRESH_MS = 2_000;

/** One incident: its way, what shows it, what it reached, and what can be done. */
export function IncidentPage({ id }: { readonly id: string }) {
  const { data, error } = useQuery({
    queryKey: ['incidents', 'one', id],
    queryFn: () => get<IncidentView>(`/incidents/${encodeURIComponent(id)}`),
    refetchInterval: REFRESH_MS,
  });
  return (
    <main id="content" className="page">
      <p className="back">
        <Link to="/incidents" search={{}}>
          All incidents
        </Link>
      </p>
      {error && <TracingProblem error={error} />}
      {!data && !error && <p className="dim">Reading …</p>}
      {data && <Whole incident={data} />}
    </main>
  );
}

function Whole({ incident }: { readonly incident: IncidentView }) {
  const { hops, summary, firstSign, alerts } = incident;
  const path = useMemo(() => pathOf(hops), [hops]);
  const signs = alerts.flatMap((alert) => alert.signs);
  return (
    <>
      <IncidentHead incident={incident} />
      <section className="card" aria-labelledby="way">
        <h2 id="way">The way</h2>
        <PathPicture path={path} services={summary.path} />
        {path.leftOut > 0 && (
          <p className="dim">{counted(path.leftOut, 'more step')} not drawn, which say less.</p>
        )}
        <details>
          <summary>The same as a table: {counted(hops.length, 'request')}</summary>
          <HopTable hops={hops} />
        </details>
      </section>
      <div className="halves">
        <div>
          <ActionsSection incident={incident} />
          <ReachedSection reached={incident.reached} />
          <BlastSection blastRadius={incident.blastRadius} />
        </div>
        <div>
          <FixesSection fixes={incident.fixes} path={path} />
          <RelatedSection related={incident.related} />
          <Traces ids={summary.traceIds} />
          <NotesSection incident={incident} />
        </div>
      </div>
      {firstSign && (
        <section className="card" aria-labelledby="first-sign">
          <h2 id="first-sign">First sign</h2>
          <SignView sign={firstSign} />
        </section>
      )}
      <section className="card" aria-labelledby="signs">
        <h2 id="signs">
          Signs <span className="count">{signs.length}</span>
        </h2>
        <ShortList
          items={signs.map((sign, place) => ({ sign, place }))}
          none="None is kept."
          className="signs"
          few={10}
          keyOf={({ place }) => String(place)}
          show={({ sign }) => <SignView sign={sign} />}
        />
      </section>
    </>
  );
}

function Traces({ ids }: { readonly ids: readonly string[] }) {
  return (
    <section className="card" aria-labelledby="traces">
      <h2 id="traces">Traces</h2>
      <ShortList
        items={ids}
        none="No trace of it is known."
        className="inline"
        keyOf={(id) => id}
        show={(id) => <TraceLink id={id} />}
      />
    </section>
  );
}
