import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Endpoint } from '../../../../src/estate/model.ts';
import type { StoredCorrection } from '../../../../src/estate/store.ts';
import { Moment } from '../../components/Moment.tsx';
import { ErrorNote } from '../../components/parts.tsx';
import { readCorrections, uncorrect } from '../decisions/api.ts';
import { originWords } from '../words.ts';
import { CorrectionDialog } from './CorrectionDialog.tsx';
import { CORRECTIONS, type Correction, correctionWords } from './corrections.ts';

interface Props {
  readonly endpoint: Endpoint;
  readonly onDone: (words: string) => void;
}

/** Where the template comes from, and how a person corrects it. Only HTTP paths are learnt. */
export function TemplateSection({ endpoint, onDone }: Props) {
  const { service, protocol, template, traffic } = endpoint;
  const [opened, setOpened] = useState<Correction>();
  if (protocol !== 'http' || traffic === null) return null;
  return (
    <section>
      <h3>Template</h3>
      <p>{originWords(traffic.templateFrom)}</p>
      <div className="buttons">
        {CORRECTIONS.filter(({ isOffered }) => isOffered(template)).map((correction) => (
          <button key={correction.name} type="button" onClick={() => setOpened(correction)}>
            {correction.label}
          </button>
        ))}
      </div>
      <InForce service={service} />
      {opened && (
        <CorrectionDialog
          key={opened.name}
          correction={opened}
          endpoint={endpoint}
          onClose={() => setOpened(undefined)}
          onDone={(words) => {
            setOpened(undefined);
            onDone(words);
          }}
        />
      )}
    </section>
  );
}

/** Corrections of the service, each to be taken back. */
function InForce({ service }: { readonly service: string }) {
  const queries = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ['corrections', service],
    queryFn: () => readCorrections(service),
  });
  const undoing = useMutation({
    mutationFn: (id: string) => uncorrect(id),
    onSuccess: () => queries.invalidateQueries(),
  });
  if (error) return <ErrorNote error={error} />;
  if (data === undefined || data.items.length === 0) return null;
  return (
    <>
      <h4>Corrections of this service</h4>
      {undoing.error && <ErrorNote error={undoing.error} />}
      <ul className="decisions">
        {data.items.map((stored) => (
          <li key={stored.id}>
            <CorrectionLine stored={stored} />
            <button
              type="button"
              disabled={undoing.isPending}
              onClick={() => undoing.mutate(stored.id)}
            >
              Undo<span className="hidden"> {correctionWords(stored.correction)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function CorrectionLine({ stored }: { readonly stored: StoredCorrection }) {
  const { correction, by, at, reason } = stored;
  return (
    <div>
      {correctionWords(correction)}
      <span className="dim">
        {' '}
        by {by}, <Moment time={at} />
      </span>
      {reason !== '' && <p className="reason">{reason}</p>}
    </div>
  );
}
