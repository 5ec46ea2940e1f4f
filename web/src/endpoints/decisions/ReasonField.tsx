import { LongField } from '../../components/fields.tsx';
import { MAX_REASON } from './actions.ts';

interface Props {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly required?: boolean;
  readonly problem?: string | undefined;
}

/** Why a person decides so, for whoever reads the audit log. */
export function ReasonField(props: Props) {
  return (
    <LongField
      {...props}
      label="Reason"
      hint="Kept in the audit log. No secrets."
      maxLength={MAX_REASON}
    />
  );
}
