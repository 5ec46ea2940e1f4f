import { useQuery } from '@tanstack/react-query';
import { get, type Owner } from '../api.ts';
import { TextField } from './fields.tsx';

interface Props {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly problem?: string | undefined;
  /** More to say of what is typed. */
  readonly hint?: string;
  readonly required?: boolean;
}

/** Owners that are known are offered; another name is taken as it is written. */
export function OwnerField({ hint = '', ...typed }: Props) {
  const { data } = useQuery({
    queryKey: ['owners'],
    queryFn: () => get<{ items: readonly Owner[] }>('/owners'),
    staleTime: 60_000,
  });
  return (
    <TextField
      {...typed}
      label="Owner"
      hint={`The name of a team, as declarations and CODEOWNERS write it. ${hint}`.trim()}
      maxLength={200}
      suggestions={(data?.items ?? []).map(({ owner }) => owner)}
    />
  );
}
