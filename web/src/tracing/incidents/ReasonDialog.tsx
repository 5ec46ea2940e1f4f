import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { send } from '../../api.ts';
import { DialogForm } from '../../components/DialogForm.tsx';
import { TextField } from '../../components/fields.tsx';
import { ReasonField } from '../../endpoints/decisions/ReasonField.tsx';
import { problemsOf } from '../../problems.ts';

/** What a person is about to do, to be confirmed with a reason. */
export interface Asked {
  readonly title: string;
  readonly explanation: string;
  readonly lead?: ReactNode;
  readonly label: string;
  /** Of the API, without `/api/v1`. */
  readonly path: string;
  /** What the request says beside the reason. */
  readonly body?: Readonly<Record<string, string>>;
  /** One more thing that the request says, and that a person writes: nothing of it is null. */
  readonly field?: { readonly name: string; readonly label: string; readonly hint: string };
  readonly needsReason: boolean;
  readonly isDangerous?: boolean;
  readonly done: string;
}

const MAX_FIELD = 200;

interface Props {
  readonly asked: Asked;
  readonly onClose: () => void;
  readonly onDone: (words: string) => void;
}

export function ReasonDialog({ asked, onClose, onDone }: Props) {
  const { title, explanation, lead, label, path, body, field, needsReason } = asked;
  const [reason, setReason] = useState('');
  const [text, setText] = useState('');
  const queries = useQueryClient();
  const sending = useMutation({
    mutationFn: () =>
      send('POST', path, {
        ...body,
        ...(field && { [field.name]: text.trim() || null }),
        reason: reason.trim(),
      }),
    // where it was refused, somebody may have been there before
    onSettled: () => queries.invalidateQueries(),
  });
  const problems = problemsOf(sending.error, ['reason', ...(field ? [field.name] : [])]);
  return (
    <DialogForm
      title={title}
      explanation={explanation}
      lead={lead}
      error={problems.rest}
      submit={{ label, busy: 'Asking …' }}
      isBusy={sending.isPending}
      isDangerous={asked.isDangerous === true}
      onSubmit={() => sending.mutate(undefined, { onSuccess: () => onDone(asked.done) })}
      onClose={onClose}
    >
      {field && (
        <TextField
          label={field.label}
          hint={field.hint}
          maxLength={MAX_FIELD}
          value={text}
          onChange={setText}
          problem={problems.fields[field.name]}
        />
      )}
      <ReasonField
        required={needsReason}
        value={reason}
        onChange={setReason}
        problem={problems.fields.reason}
      />
    </DialogForm>
  );
}
