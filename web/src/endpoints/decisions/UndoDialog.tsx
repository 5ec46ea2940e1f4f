import { useState } from 'react';
import type { Endpoint } from '../../../../src/estate/model.ts';
import { DialogForm } from '../../components/DialogForm.tsx';
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
  const submit = (): void => {
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
    <DialogForm
      title={`Undo “${IN_FORCE[action]}” of ${name}`}
      explanation="It is judged again as if this had never been decided. The audit log keeps both."
      error={problems.rest}
      submit={{ label: 'Undo', busy: 'Undoing …' }}
      isBusy={undoing.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      <ReasonField value={reason} onChange={setReason} problem={problems.fields.reason} />
      <Refusals decided={undoing.data} endpoints={[endpoint]} />
    </DialogForm>
  );
}
