import { Moment } from '../../components/Moment.tsx';
import { Facts } from '../../components/parts.tsx';
import { counted } from '../../names.ts';
import type { IncidentView, ProposedAction, TakenAction } from '../model.ts';
import { Prose } from '../parts.tsx';
import { ShortList } from '../ShortList.tsx';
import type { Asked } from './ReasonDialog.tsx';
import { useAsking } from './use-asking.tsx';
import { ACTIONS, STANDING, STEPS, targetWords } from './words.ts';

/** What can be done at once, and what was done: each with what it breaks. */
export function ActionsSection({ incident }: { readonly incident: IncidentView }) {
  const { ask, shown } = useAsking();
  const { actions, proposed, id } = incident;
  return (
    <section className="card" aria-labelledby="actions">
      <h2 id="actions">What can be done at once</h2>
      {shown}
      {proposed.length === 0 && <p className="dim">Nothing that was not asked for already.</p>}
      <ul className="doings">
        {proposed.map((action) => (
          <li key={action.id}>
            <Told action={action} />
            <button
              type="button"
              className={action.isHarmless ? '' : 'danger'}
              onClick={() => ask(askedOf(id, action))}
            >
              {ACTIONS[action.kind]} …
            </button>
          </li>
        ))}
      </ul>
      {actions.length > 0 && <h3>What was done</h3>}
      <ul className="doings">
        {actions.map((action) => (
          <Taken key={action.id} action={action} onGoOn={() => ask(askedOf(id, action))} />
        ))}
      </ul>
    </section>
  );
}

/** What was asked for once is not looked at again for that. */
const isHarmless = (action: ProposedAction | TakenAction): boolean =>
  'isHarmless' in action && action.isHarmless;

function askedOf(incident: string, action: ProposedAction | TakenAction): Asked {
  const { kind, target, what, breaks } = action;
  const title = `${ACTIONS[kind]}: ${targetWords(target)}`;
  return {
    title,
    explanation: what,
    lead: (
      <p className="warning">
        What breaks: <Prose text={breaks} />
      </p>
    ),
    label: ACTIONS[kind],
    path: `/incidents/${encodeURIComponent(incident)}/actions`,
    body: { action: action.id },
    needsReason: true,
    isDangerous: !isHarmless(action),
    done: `Asked for: ${title}`,
  };
}

function Told({ action }: { readonly action: ProposedAction | TakenAction }) {
  return (
    <div>
      <b>{targetWords(action.target)}</b>
      {isHarmless(action) && (
        <>
          {' '}
          <span className="badge good">nobody is known to need it</span>
        </>
      )}
      <p>
        <Prose text={action.what} />
      </p>
      <p className="dim">
        What breaks: <Prose text={action.breaks} />
      </p>
    </div>
  );
}

interface TakenProps {
  readonly action: TakenAction;
  readonly onGoOn: () => void;
}

function Taken({ action, onGoOn }: TakenProps) {
  const { standing, kind, steps, by, at, reason, attempts } = action;
  const [word, tone] = STANDING[standing];
  const isOpen = standing === 'half-done' || standing === 'failed';
  return (
    <li>
      <div>
        <p>
          <span className={`badge ${tone}`}>{word}</span> <b>{ACTIONS[kind]}</b>:{' '}
          {targetWords(action.target)}
        </p>
        <Facts
          rows={[
            { term: 'Asked for by', value: by },
            { term: 'When', value: <Moment time={at} /> },
            { term: 'Why', value: reason },
            { term: 'Attempts', value: attempts > 1 ? attempts : null },
          ]}
        />
        <details open={isOpen}>
          <summary>{counted(steps.length, 'step')}</summary>
          <ShortList
            items={steps}
            none=""
            keyOf={({ subject }) => subject}
            show={({ subject, state, outcome }) => (
              <>
                <span className={`badge ${STEPS[state][1]}`}>{STEPS[state][0]}</span>
                <code>{subject}</code>
                {outcome !== null && <span>{outcome}</span>}
              </>
            )}
          />
        </details>
      </div>
      {isOpen && (
        <button type="button" onClick={onGoOn}>
          Go on …
        </button>
      )}
    </li>
  );
}
