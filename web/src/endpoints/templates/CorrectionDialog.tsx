import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Endpoint } from '../../../../src/estate/model.ts';
import { DialogForm } from '../../components/DialogForm.tsx';
import { ChoiceField, LongField, TextField } from '../../components/fields.tsx';
import { ErrorNote } from '../../components/parts.tsx';
import { nameOf } from '../../names.ts';
import { correct, previewCorrection } from '../decisions/api.ts';
import { ReasonField } from '../decisions/ReasonField.tsx';
import {
  type Correction,
  type CorrectionDraft,
  correctionWords,
  firstCorrection,
  parametersOf,
} from './corrections.ts';
import { PreviewView } from './PreviewView.tsx';

interface Props {
  readonly correction: Correction;
  readonly endpoint: Endpoint;
  readonly onClose: () => void;
  readonly onDone: (words: string) => void;
}

/** The form of one correction: what it says, what it would change, and then the correction itself. */
export function CorrectionDialog({ correction, endpoint, onClose, onDone }: Props) {
  const { service, template } = endpoint;
  const queries = useQueryClient();
  const [draft, setDraft] = useState(() => firstCorrection(template));
  const [reason, setReason] = useState('');
  const said = correction.toCorrection(draft);
  const preview = useMutation({ mutationFn: () => previewCorrection(service, said) });
  const correcting = useMutation({
    mutationFn: () => correct(service, said, reason),
    onSuccess: ({ note }) => {
      void queries.invalidateQueries();
      const words = `${nameOf(service)}: ${correctionWords(said)}`;
      onDone(note === null ? words : `${words}. ${note}`);
    },
  });
  const change = (changed: Partial<CorrectionDraft>): void => {
    setDraft({ ...draft, ...changed });
    preview.reset();
  };
  return (
    <DialogForm
      title={`${correction.label} ${template} of ${nameOf(service)}`}
      explanation={correction.explanation}
      error={correcting.error}
      submit={{ label: correction.label, busy: 'Correcting …' }}
      isBusy={correcting.isPending}
      buttons={
        <button type="button" disabled={preview.isPending} onClick={() => preview.mutate()}>
          {preview.isPending ? 'Looking …' : 'Preview'}
        </button>
      }
      onSubmit={() => correcting.mutate()}
      onClose={onClose}
    >
      {correction.fields.map((field) => (
        <CorrectionField key={field} field={field} draft={draft} onChange={change} />
      ))}
      <ReasonField value={reason} onChange={setReason} />
      {preview.error && <ErrorNote error={preview.error} />}
      {preview.data && <PreviewView preview={preview.data} />}
    </DialogForm>
  );
}

const MAX_TEMPLATE = 512;

interface FieldProps {
  readonly field: keyof CorrectionDraft;
  readonly draft: CorrectionDraft;
  readonly onChange: (changed: Partial<CorrectionDraft>) => void;
}

function CorrectionField({ field, draft, onChange }: FieldProps) {
  const shared = {
    value: draft[field],
    onChange: (value: string) => onChange({ [field]: value }),
    required: true,
  };
  switch (field) {
    case 'template':
      return <TextField {...shared} label="Template" maxLength={MAX_TEMPLATE} />;
    case 'to':
      return <TextField {...shared} label="New template" maxLength={MAX_TEMPLATE} />;
    case 'parameter':
      return (
        <ChoiceField
          {...shared}
          label="Parameter"
          choices={parametersOf(draft.template).map((name) => [name, `{${name}}`] as const)}
        />
      );
    case 'values':
      return <LongField {...shared} label="Values" hint="One a line." maxLength={20_000} />;
  }
}
