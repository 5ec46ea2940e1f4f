import { Moment } from '../../components/Moment.tsx';
import { Badge, Facts, Missing } from '../../components/parts.tsx';
import type { IncidentView } from '../model.ts';
import { PartyLink, Technique } from '../parts.tsx';
import { kindWords, timeWords } from '../words.ts';
import { movesOf } from './moves.ts';
import type { Asked } from './ReasonDialog.tsx';
import { useAsking } from './use-asking.tsx';
import { STATE_TONES } from './words.ts';

/** What it is, how it stands, and what a person can say of it. */
export function IncidentHead({ incident }: { readonly incident: IncidentView }) {
  const { ask, shown } = useAsking();
  const { id, state, severity, summary, alerts, stateAt, stateBy, stateReason, assignee } =
    incident;
  const techniques = [...new Set(alerts.flatMap((alert) => alert.techniques))];
  return (
    <header className="incident-head">
      <h1 className="long">{summary.reason}</h1>
      <p className="marks">
        <span className={`badge ${STATE_TONES[state]}`}>{state}</span>
        <Badge word={severity} />
        <span className="badge plain">{kindWords(summary.kind)}</span>
      </p>
      <fieldset className="buttons">
        <legend className="hidden">What it is</legend>
        {movesOf(state).map((move) => (
          <button
            key={move.name}
            type="button"
            className={move.isDangerous ? 'danger' : undefined}
            onClick={() =>
              ask({
                ...move,
                title: `${move.label}: ${kindWords(summary.kind)}`,
                path: `/incidents/${encodeURIComponent(id)}${move.path}`,
              })
            }
          >
            {move.label}
          </button>
        ))}
        <button type="button" onClick={() => ask(handOver(id))}>
          Hand over …
        </button>
      </fieldset>
      {shown}
      <Facts
        rows={[
          { term: 'Began at', value: <PartyLink id={summary.from} /> },
          { term: 'Arrived at', value: <PartyLink id={summary.to} /> },
          {
            term: 'When',
            value: (
              <>
                <time dateTime={summary.time}>{timeWords(summary.time)}</time>, the last{' '}
                <Moment time={summary.lastTime} />
              </>
            ),
          },
          {
            term: 'Stands so',
            value: (
              <>
                since <Moment time={stateAt} />
                {stateBy === null ? '' : `, by ${stateBy}`}
                {stateReason === '' ? '' : `: ${stateReason}`}
              </>
            ),
          },
          { term: 'Looked after', value: assignee ?? <Missing what="by nobody" /> },
          {
            term: 'MITRE ATT&CK',
            value: (
              <ul className="inline">
                {techniques.map((technique) => (
                  <li key={technique}>
                    <Technique id={technique} />
                  </li>
                ))}
              </ul>
            ),
          },
        ]}
      />
    </header>
  );
}

const handOver = (id: string): Asked => ({
  title: 'Hand the incident over',
  explanation: 'Says who looks after it from now on.',
  label: 'Hand over',
  path: `/incidents/${encodeURIComponent(id)}/assignee`,
  field: { name: 'assignee', label: 'Who', hint: 'Left empty, nobody looks after it.' },
  needsReason: false,
  done: 'It is handed over',
});
