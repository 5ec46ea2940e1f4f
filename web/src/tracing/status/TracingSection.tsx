import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get } from '../../api.ts';
import { Moment } from '../../components/Moment.tsx';
import { Facts } from '../../components/parts.tsx';
import { counted, grouped } from '../../names.ts';
import { TracingProblem } from '../TracingProblem.tsx';
import { lengthWords } from '../words.ts';
import { byStage, isHarmless, type Loss, lossWords, type Standing, stageWords } from './words.ts';

const REFRESH_MS = 2_000;

/** What became of traces: what was followed, and what was refused or left out, by its reason. */
export function TracingSection() {
  const { data, error } = useQuery({
    queryKey: ['tracing'],
    queryFn: () => get<Standing>('/tracing'),
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  return (
    <section aria-labelledby="tracing">
      <h2 id="tracing">Traces</h2>
      {error && <TracingProblem error={error} />}
      {!data && !error && <p className="dim">Reading …</p>}
      {data && <Notices standing={data} />}
      {data && (
        <div className="sources">
          <Followed standing={data} />
          {byStage(data.status.losses).map(([stage, losses]) => (
            <LeftOut key={stage} stage={stage} losses={losses} />
          ))}
          {data.targets.length > 0 && <Targets targets={data.targets} />}
        </div>
      )}
    </section>
  );
}

function Notices({ standing: { alerts } }: { readonly standing: Standing }) {
  return (
    <div role="alert">
      {alerts.lost > 0 && (
        <p className="warning">
          {grouped(alerts.lost)} alerts were lost, because the store was away for too long.
        </p>
      )}
    </div>
  );
}

function Followed({ standing: { isRunning, status, alerts } }: { readonly standing: Standing }) {
  return (
    <section className="card">
      <h3>Followed</h3>
      {!isRunning && <p className="dim">Nothing is followed yet: no trace has come in.</p>}
      <Facts
        rows={[
          { term: 'Spans', value: `${grouped(status.spans)} taken` },
          { term: 'Requests', value: `${grouped(status.hops)} between services` },
          {
            term: 'Call graph',
            value: (
              <Link to="/graph" search={{}}>
                {counted(status.services, 'service')}, {counted(status.edges, 'relationship')},{' '}
                {grouped(status.endpointEdges)} by operation
              </Link>
            ),
          },
          { term: 'Well known', value: `${grouped(status.matureServices)} services` },
          { term: 'Stories', value: `${grouped(status.stories)} followed` },
          {
            term: 'Held',
            value: `${counted(status.heldSpans, 'span')} of ${counted(status.heldTraces, 'trace')}, for a while`,
          },
          { term: 'Kept whole', value: `${grouped(status.keptTraces)} traces` },
          { term: 'Behind', value: lengthWords(status.lagMilliseconds) },
          {
            term: 'Written',
            value: status.snapshotAt === null ? 'not yet' : <Moment time={status.snapshotAt} />,
          },
          {
            term: 'Waiting',
            value: alerts.waiting > 0 ? `${grouped(alerts.waiting)} alerts` : null,
          },
        ]}
      />
    </section>
  );
}

interface LeftOutProps {
  readonly stage: Loss['stage'];
  readonly losses: readonly Loss[];
}

function LeftOut({ stage, losses }: LeftOutProps) {
  return (
    <section className="card">
      <h3>Refused or left out: {stageWords(stage)}</h3>
      <ul className="losses">
        {losses.map((loss) => (
          <li key={loss.reason}>
            <span className={isHarmless(loss) ? 'badge plain' : 'badge warn'}>
              {isHarmless(loss) ? 'left out' : 'refused'}
            </span>
            <span>
              <b>{grouped(loss.count)}</b> {loss.reason}
              {lossWords(loss) !== loss.reason && <span className="hint"> {lossWords(loss)}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Where people are told of incidents. */
function Targets({ targets }: Pick<Standing, 'targets'>) {
  return (
    <section className="card">
      <h3>Who is told of incidents</h3>
      <ul className="losses">
        {targets.map(({ name, kind, isFailing, waiting, lastDeliveredAt, lastError }) => (
          <li key={name}>
            <span className={isFailing ? 'badge bad' : 'badge good'}>
              {isFailing ? 'failing' : 'works'}
            </span>
            <span>
              <b>{name}</b> <span className="dim">{kind}</span>
              {waiting > 0 && ` ${grouped(waiting)} waiting`}
              {isFailing && lastError !== null && <span className="hint"> {lastError.why}</span>}
            </span>
            <span className="dim">
              {lastDeliveredAt === null ? 'nothing yet' : <Moment time={lastDeliveredAt} />}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
