import { useQuery } from '@tanstack/react-query';
import type { Endpoint } from '../../../../src/estate/model.ts';
import { get, type Owner } from '../../api.ts';
import { ChoiceField, TextField } from '../../components/fields.tsx';
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
      return <OwnerField {...typed} />;
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

/** Owners that are known are offered; another name is taken as it is written. */
function OwnerField(typed: Pick<Props, 'value' | 'onChange' | 'problem'>) {
  const { data } = useQuery({
    queryKey: ['owners'],
    queryFn: () => get<{ items: readonly Owner[] }>('/owners'),
    staleTime: 60_000,
  });
  return (
    <TextField
      {...typed}
      label="Owner"
      hint="The name of a team, as declarations and CODEOWNERS write it."
      maxLength={200}
      suggestions={(data?.items ?? []).map(({ owner }) => owner)}
      required
    />
  );
}
