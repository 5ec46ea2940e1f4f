import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Credential } from '../../../src/estate/model.ts';
import { send } from '../api.ts';
import { DialogForm } from '../components/DialogForm.tsx';
import { OwnerField } from '../components/OwnerField.tsx';
import { ReasonField } from '../endpoints/decisions/ReasonField.tsx';
import { problemsOf } from '../problems.ts';
import { readAgain } from '../read-again.ts';

interface Props {
  readonly credential: Credential;
  readonly onClose: () => void;
  readonly onAssigned: (words: string) => void;
}

/** Names who answers for a credential, or takes that back. */
export function AssignDialog({ credential: { id, name }, onClose, onAssigned }: Props) {
  const [owner, setOwner] = useState('');
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const team = owner.trim();
  const assigning = useMutation({
    mutationFn: () =>
      send<{ judged: boolean }>('POST', `/credentials/${encodeURIComponent(id)}/owner`, {
        owner: team === '' ? null : team,
        reason: reason.trim(),
      }),
    onSuccess: ({ judged }) => readAgain(queries, judged),
  });
  const problems = problemsOf(assigning.error, ['owner', 'reason']);
  const done = team === '' ? 'What people said is taken back' : `${team} answers for ${name}`;
  return (
    <DialogForm
      title={`Assign ${name}`}
      explanation="Who you name answers for it, whatever declarations, the catalogue or CODEOWNERS say."
      error={problems.rest}
      submit={{ label: 'Assign', busy: 'Assigning …' }}
      isBusy={assigning.isPending}
      onSubmit={() => assigning.mutate(undefined, { onSuccess: () => onAssigned(done) })}
      onClose={onClose}
    >
      <OwnerField
        value={owner}
        onChange={setOwner}
        hint="Left empty, what people have said is taken back."
        problem={problems.fields.owner}
      />
      <ReasonField value={reason} onChange={setReason} problem={problems.fields.reason} />
    </DialogForm>
  );
}
