import { useQuery } from '@tanstack/react-query';
import { get } from '../../api.ts';
import { Moment } from '../../components/Moment.tsx';
import { ErrorNote, Facts } from '../../components/parts.tsx';
import { SidePanel } from '../../components/SidePanel.tsx';
import { toPercent } from '../../endpoints/words.ts';
import { grouped } from '../../names.ts';
import type { EdgeDetail } from '../model.ts';
import { PartyLink, TraceLinks, Word } from '../parts.tsx';
import { EVIDENCE, fullWords, lengthWords } from '../words.ts';

interface Props {
  readonly from: string;
  readonly to: string;
  readonly onClose: () => void;
}

/** One relationship: what is asked by it, how that ends, and traces that show it. */
export function EdgePanel({ from, to, onClose }: Props) {
  const { data, error } = useQuery({
    queryKey: ['graph', 'edge', from, to],
    queryFn: () => get<EdgeDetail>('/graph/edge', { from, to }),
  });
  return (
    <SidePanel
      subject={`${from} ${to}`}
      title={`${fullWords(from)} calls ${fullWords(to)}`}
      onClose={onClose}
    >
      {error && <ErrorNote error={error} />}
      {!data && !error && <p className="dim">Reading …</p>}
      {data && <Numbers edge={data} />}
    </SidePanel>
  );
}

function Numbers({ edge }: { readonly edge: EdgeDetail }) {
  const { from, to, requests, failed, denied, authenticated, evidence, traceIds } = edge;
  return (
    <>
      <Facts
        rows={[
          { term: 'From', value: <PartyLink id={from} /> },
          { term: 'To', value: <PartyLink id={to} /> },
          {
            term: 'Who called',
            value: (
              <>
                <Word said={EVIDENCE[evidence]} /> {EVIDENCE[evidence].meaning}{' '}
                {toPercent(requests === 0 ? 0 : authenticated / requests)} of the requests proved
                it.
              </>
            ),
          },
          { term: 'Requests', value: grouped(requests) },
          { term: 'Denied', value: grouped(denied) },
          { term: 'Failed', value: grouped(failed) },
          { term: 'Takes', value: timesOf(edge) },
          { term: 'First seen', value: <Moment time={edge.firstSeen} /> },
          { term: 'Last seen', value: <Moment time={edge.lastSeen} /> },
        ]}
      />
      <h3>What is asked for</h3>
      <Endpoints endpoints={edge.endpoints} />
      <h3>Example traces</h3>
      {traceIds.length === 0 ? (
        <p className="dim">None is known.</p>
      ) : (
        <>
          <TraceLinks ids={traceIds} />
          <p className="hint">Only those are kept that there is a reason for.</p>
        </>
      )}
    </>
  );
}

function timesOf(one: Pick<EdgeDetail, 'p50Milliseconds' | 'p99Milliseconds'>): string {
  return `${lengthWords(one.p50Milliseconds)}; 1 of 100 over ${lengthWords(one.p99Milliseconds)}`;
}

const SHOWN = 100;

function Endpoints({ endpoints }: Pick<EdgeDetail, 'endpoints'>) {
  if (endpoints.length === 0) return <p className="dim">No operation is known.</p>;
  return (
    <>
      <table className="plain">
        <caption className="hidden">What is asked for</caption>
        <thead>
          <tr>
            <th scope="col">Operation</th>
            <th scope="col" className="number">
              Requests
            </th>
            <th scope="col" className="number">
              Denied
            </th>
            <th scope="col" className="number">
              Failed
            </th>
            <th scope="col">Seen</th>
          </tr>
        </thead>
        <tbody>
          {endpoints.slice(0, SHOWN).map((one) => (
            <tr key={`${one.protocol} ${one.method} ${one.template}`}>
              <th scope="row">
                <code title={timesOf(one)}>{`${one.method} ${one.template}`}</code>
              </th>
              <td className="number">{grouped(one.requests)}</td>
              <td className="number">{grouped(one.denied)}</td>
              <td className="number">{grouped(one.failed)}</td>
              <td>
                <Moment time={one.lastSeen} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {endpoints.length > SHOWN && (
        <p className="dim">And {grouped(endpoints.length - SHOWN)} more, with fewer requests.</p>
      )}
    </>
  );
}
