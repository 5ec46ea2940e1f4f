import type { Endpoint } from '../../../../src/estate/model.ts';
import { ChoiceField, TextField } from '../../components/fields.tsx';
import { OwnerField } from '../../components/OwnerField.tsx';
import { type Action, dayFrom } from './actions.ts';

interface Props {
  readonly field: Action['fields'][number];
  readonly untilLabel: string | undefined;
  readonly endpoints: readonly Endpoint[];
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly problem: string | undefined;
}

const CRITICALITIES = ['critical', 'high', 'medium', 'low'] as const;

/** What an action asks for beside the reason. */
export function DecisionField({ field, untilLabel = 'Until', endpoints, ...typed }: Props) {
  switch (field) {
    case 'owner':
      return <OwnerField {...typed} required />;
    case 'until':
      return (
        <TextField
          {...typed}
          label={untilLabel}
          type="date"
          min={dayFrom(Date.now(), 0)}
          required
        />
      );
    case 'sensitivity':
      return (
        <TextField
          {...typed}
          label="Data it handles"
          hint={`Tags with commas between, such as pii, pci; none where nothing is sensitive. ${tagsNow(endpoints)}`}
          maxLength={600}
        />
      );
    case 'criticality':
      return (
        <ChoiceField
          {...typed}
          label="Criticality"
          choices={[['', 'as it is'], ...CRITICALITIES.map((word) => [word, word] as const)]}
        />
      );
  }
}

function tagsNow(endpoints: readonly Endpoint[]): string {
  const tags = new Set(endpoints.flatMap(({ sensitivity }) => sensitivity.map(({ tag }) => tag)));
  return tags.size === 0
    ? 'Left empty, it stays without tags.'
    : `Left empty, it stays as it is: ${[...tags].sort().join(', ')}.`;
}
