import { useQuery } from '@tanstack/react-query';
import type { IntakeCount } from '../../../src/estate/sighting/index.ts';
import { get } from '../api.ts';
import { Moment } from '../components/Moment.tsx';
import { Badge, ErrorNote, Facts } from '../components/parts.tsx';
import { grouped } from '../names.ts';
import {
  bySource,
  isLoss,
  isNow,
  lostNow,
  remedyWords,
  type SourceCounts,
  sourceWords,
} from './words.ts';

interface Intake {
  readonly counts: readonly IntakeCount[];
  /** Services that are seen to be asked. */
  readonly services: number;
  /** Pieces of paths that are held to learn templates from. */
  readonly nodes: number;
  /** Submissions that wait to be stored. */
  readonly waiting: number;
  readonly journalBytes: number;
}

/** What traffic brought: taken, dropped and refused, by source and reason. */
export function IntakeSection() {
  const { data, error } = useQuery({
    queryKey: ['intake'],
    queryFn: () => get<Intake>('/intake'),
    refetchInterval: 2_000,
  });
  const now = Date.now();
  const sources = bySource(data?.counts ?? [], now);
  return (
    <section aria-labelledby="intake">
      <h2 id="intake">Traffic</h2>
      {error && <ErrorNote error={error} />}
      {!data && !error && <p className="dim">Reading …</p>}
      {data && <LossNotice lost={lostNow(data.counts, now)} />}
      {data && sources.length === 0 && (
        <p className="empty">No traffic has come in yet. Point an exporter or a gateway here.</p>
      )}
      <div className="sources">
        {sources.map((source) => (
          <Source key={source.source} counts={source} now={now} />
        ))}
      </div>
      {data && sources.length > 0 && <Held intake={data} />}
    </section>
  );
}

/** Cannot be missed while something is being lost. */
function LossNotice({ lost }: { readonly lost: readonly IntakeCount[] }) {
  return (
    <div role="alert">
      {lost.length > 0 && (
        <p className="warning">
          Some of the traffic is not counted at this moment:{' '}
          {lost
            .map(({ source, reason, outcome }) => `${sourceWords(source)}: ${reason || outcome}`)
            .join('; ')}
          . What endpoints show may be incomplete.
        </p>
      )}
    </div>
  );
}

interface SourceProps {
  readonly counts: SourceCounts;
  readonly now: number;
}

function Source({ counts, now }: SourceProps) {
  const { source, taken, lastTaken, lost } = counts;
  return (
    <section className="card">
      <h3>{sourceWords(source)}</h3>
      <p>
        <b>{grouped(taken)}</b> taken
        {lastTaken !== null && (
          <span className="dim">
            , the last <Moment time={lastTaken} />
          </span>
        )}
      </p>
      {lost.length === 0 ? (
        <p className="dim">Nothing was dropped or refused.</p>
      ) : (
        <ul className="losses">
          {lost.map((count) => (
            <Loss key={`${count.outcome} ${count.reason}`} count={count} now={now} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Loss({ count, now }: { readonly count: IntakeCount; readonly now: number }) {
  const { outcome, reason } = count;
  const remedy = remedyWords(reason);
  const isHappening = isLoss(count) && isNow(count, now);
  return (
    <li>
      <Badge word={isLoss(count) ? outcome : 'left out'} />
      <span>
        <b>{grouped(count.count)}</b> {reason}
        {remedy !== undefined && <span className="hint"> {remedy}</span>}
      </span>
      <span className={isHappening ? 'happening' : 'dim'}>
        {isHappening ? 'now' : <Moment time={count.lastAt} />}
      </span>
    </li>
  );
}

/** How much is held of what came in: what limits are about. */
function Held({ intake }: { readonly intake: Intake }) {
  const { services, nodes, waiting, journalBytes } = intake;
  return (
    <section className="card">
      <h3>Held now</h3>
      <Facts
        rows={[
          { term: 'Services', value: `${grouped(services)} seen to be asked` },
          { term: 'Paths', value: `${grouped(nodes)} pieces, to learn templates from` },
          { term: 'Waiting', value: `${grouped(waiting)} submissions to be stored` },
          { term: 'Journal', value: `${grouped(Math.ceil(journalBytes / 1_024))} KiB on disk` },
        ]}
      />
    </section>
  );
}
