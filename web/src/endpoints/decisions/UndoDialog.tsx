import { type FormEvent, useState } from 'react';
import type { Endpoint } from '../../../../src/estate/model.ts';
import { Dialog } from '../../components/Dialog.tsx';
import { ErrorNote } from '../../components/parts.tsx';
import { problemsOf } from '../../problems.ts';
import { endpointsWords } from '../words.ts';
import { type ActionName, IN_FORCE } from './actions.ts';
import { ReasonField } from './ReasonField.tsx';
import { Refusals } from './Refusals.tsx';
import { useUndo } from './use-decide.ts';

interface Props {
  readonly endpoint: Endpoint;
  readonly action: ActionName;
  readonly onClose: () => void;
  readonly onDecided: (words: string) => void;
}

/** Takes one decision back, with a reason. */
export function UndoDialog({ endpoint, action, onClose, onDecided }: Props) {
  const [reason, setReason] = useState('');
  const undoing = useUndo();
  const problems = problemsOf(undoing.error, ['reason']);
  const name = endpointsWords([endpoint]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    undoing.mutate(
      { endpoint: endpoint.id, action, reason },
      {
        onSuccess: ({ results }) => {
          if (results.every(({ problem }) => problem === null)) {
            onDecided(`Undone for ${name}: ${IN_FORCE[action].toLowerCase()}`);
          }
        },
      },
    );
  };
  return (
    <Dialog title={`Undo “${IN_FORCE[action]}” of ${name}`} onClose={onClose}>
      <p>It is judged again as if this had never been decided. The audit log keeps both.</p>
      <form onSubmit={submit}>
        {problems.rest && <ErrorNote error={problems.rest} />}
        <ReasonField value={reason} onChange={setReason} problem={problems.fields.reason} />
        <Refusals decided={undoing.data} endpoints={[endpoint]} />
        <div className="buttons">
          <button type="submit" className="primary" disabled={undoing.isPending}>
            {undoing.isPending ? 'Undoing …' : 'Undo'}
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
