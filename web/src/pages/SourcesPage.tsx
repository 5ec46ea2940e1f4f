import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Diagnostic } from '../../../src/base/diagnostic.ts';
import { get, type Scan, send } from '../api.ts';
import { Badge, ErrorNote, Place } from '../components/parts.tsx';
import { IntakeSection } from '../intake/IntakeSection.tsx';
import { ago, grouped } from '../names.ts';
import { TracingSection } from '../tracing/status/TracingSection.tsx';

/** What traffic brings, what becomes of its traces, and the folders that are read: how it went, and what could not be read. */
export function SourcesPage() {
  const queries = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ['scans'],
    queryFn: () => get<{ items: readonly Scan[] }>('/scans'),
    refetchInterval: 1_000,
  });
  const start = useMutation({
    mutationFn: () => send('POST', '/scans'),
    onSettled: () => queries.invalidateQueries({ queryKey: ['scans'] }),
  });
  return (
    <main id="content" className="page">
      <h1>Sources</h1>
      <IntakeSection />
      <TracingSection />
      <h2>Folders</h2>
      {error && <ErrorNote error={error} />}
      {data?.items.length === 0 && (
        <p className="empty">
          No folder is configured: name some under <code>folders</code> in the configuration.
        </p>
      )}
      {data?.items.map((scan) => (
        <Folder key={scan.name} scan={scan} />
      ))}
      {data && data.items.length > 0 && (
        <button type="button" disabled={start.isPending} onClick={() => start.mutate()}>
          Read again
        </button>
      )}
      {start.error && <ErrorNote error={start.error} />}
    </main>
  );
}

function Folder({ scan }: { readonly scan: Scan }) {
  const { name, environment, state, progress, endedAt, fileCount, failure } = scan;
  return (
    <section className="card">
      <h3>
        {name} <span className="dim">{environment}</span> <Badge word={state} />
      </h3>
      {state === 'running' && <progress value={progress.done} max={progress.total || 1} />}
      {failure !== null && <p className="error">{failure}</p>}
      {endedAt !== null && (
        <p className="dim">
          {grouped(fileCount)} files, read {ago(endedAt)}
        </p>
      )}
      {scan.diagnosticCount > 0 && <Diagnostics name={name} count={scan.diagnosticCount} />}
    </section>
  );
}

function Diagnostics({ name, count }: { readonly name: string; readonly count: number }) {
  const { data } = useQuery({
    queryKey: ['scans', name, count],
    queryFn: () =>
      get<{ items: readonly Diagnostic[] }>(`/scans/${encodeURIComponent(name)}/diagnostics`),
  });
  return (
    <details>
      <summary>{grouped(count)} things could not be read, or only in part</summary>
      <ul className="evidence">
        {data?.items.map((item) => (
          <li key={JSON.stringify(item)}>
            <span>{item.message}</span>
            {item.file !== undefined && <Place place={{ ...item, file: item.file }} />}
          </li>
        ))}
      </ul>
    </details>
  );
}
