import { useState } from 'react';
import type { Endpoint } from '../../../../src/estate/model.ts';
import { DialogForm } from '../../components/DialogForm.tsx';
import { problemsOf } from '../../problems.ts';
import { endpointsWords } from '../words.ts';
import { type Action, type Draft, firstDraft } from './actions.ts';
import { type Decided, MAX_FRAGMENT } from './api.ts';
import { DecisionField } from './DecisionField.tsx';
import { FragmentView } from './FragmentView.tsx';
import { ReasonField } from './ReasonField.tsx';
import { Refusals } from './Refusals.tsx';
import { useDecide } from './use-decide.ts';

interface Props {
  readonly action: Action;
  readonly endpoints: readonly Endpoint[];
  readonly onClose: () => void;
  readonly onDecided: (words: string) => void;
}

/** The form of one action, on one endpoint or on many: what it will do, what has to be said, and what
 *  the server finds wrong with it. It stays open where any endpoint was refused. */
export function DecisionDialog({ action, endpoints, onClose, onDecided }: Props) {
  const [draft, setDraft] = useState<Draft>(() => firstDraft());
  const [isConfirmed, setConfirmed] = useState(action.confirm === undefined);
  const decision = useDecide();
  const problems = problemsOf(decision.error, ['reason', ...action.fields]);
  const name = endpointsWords(endpoints);
  const submit = (): void => {
    decision.mutate(
      { endpoints, action, draft },
      {
        onSuccess: (decided) => {
          if (decided.results.some(({ problem }) => problem !== null)) return;
          onDecided(`${name} ${verb(action.done(draft), endpoints.length)}`);
        },
      },
    );
  };
  const set = (key: keyof Draft) => (value: string) => setDraft({ ...draft, [key]: value });
  return (
    <DialogForm
      title={`${action.title} ${name}`}
      explanation={action.explanation}
      lead={
        <>
          {action.name === 'adopt' && <Fragments endpoints={endpoints} />}
          {action.name === 'block' && <WhoCalls endpoints={endpoints} />}
        </>
      }
      error={problems.rest}
      submit={{ label: action.submit, busy: 'Deciding …' }}
      isBusy={decision.isPending}
      isDangerous={action.name === 'block'}
      closeLabel={isPartlyDone(decision.data) ? 'Close' : 'Cancel'}
      onSubmit={submit}
      onClose={onClose}
    >
      {action.fields.map((field) => (
        <DecisionField
          key={field}
          field={field}
          untilLabel={action.untilLabel}
          endpoints={endpoints}
          value={draft[field]}
          onChange={set(field)}
          problem={problems.fields[field]}
        />
      ))}
      <ReasonField
        required={action.needsReason}
        value={draft.reason}
        onChange={set('reason')}
        problem={problems.fields.reason}
      />
      {action.confirm !== undefined && (
        <label className="check">
          <input
            type="checkbox"
            required
            checked={isConfirmed}
            onChange={(event) => setConfirmed(event.target.checked)}
          />
          {action.confirm}
        </label>
      )}
      <Refusals decided={decision.data} endpoints={endpoints} />
    </DialogForm>
  );
}

/** `is blocked` of several: `are blocked`. */
function verb(words: string, count: number): string {
  return count === 1 ? words : words.replace(/^is /, 'are ');
}

function isPartlyDone(decided: Decided | undefined): boolean {
  return decided?.results.some(({ problem }) => problem === null) ?? false;
}

/** What has to be declared where endpoints of one service are adopted; those of several services belong
 *  into several specifications. */
function Fragments({ endpoints }: { readonly endpoints: readonly Endpoint[] }) {
  const services = new Set(endpoints.map(({ service }) => service));
  const [service] = services;
  if (services.size !== 1 || service === undefined || endpoints.length > MAX_FRAGMENT) {
    return <p className="hint">Open an endpoint to copy what its specification lacks.</p>;
  }
  return <FragmentView service={service} endpoints={endpoints.map(({ id }) => id)} />;
}

const MAX_CALLERS = 5;

function WhoCalls({ endpoints }: { readonly endpoints: readonly Endpoint[] }) {
  const callers = endpoints.flatMap(({ traffic }) => traffic?.callers ?? []);
  const names = [...new Set(callers.map(({ service }) => service))];
  if (names.length === 0) return <p className="hint">No caller is known from traffic.</p>;
  const more = names.length - MAX_CALLERS;
  return (
    <p className="warning">
      Called by {names.slice(0, MAX_CALLERS).join(', ')}
      {more > 0 && ` and ${more} more`}.
    </p>
  );
}
