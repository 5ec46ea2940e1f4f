import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorNote } from '../../components/parts.tsx';
import { type Fragment, readFragment } from './api.ts';

interface Props {
  /** Service id. */
  readonly service: string;
  /** Ids of endpoints of the service. */
  readonly endpoints: readonly string[];
}

/** The piece of OpenAPI that a team can commit, to be copied or kept as a file. */
export function FragmentView({ service, endpoints }: Props) {
  const { data, error } = useQuery({
    queryKey: ['endpoints', 'fragment', service, endpoints],
    queryFn: () => readFragment(service, endpoints, 'yaml'),
    refetchInterval: false,
  });
  if (error) return <ErrorNote error={error} />;
  return (
    <section className="fragment" aria-label="Specification fragment">
      <p className="hint">
        Commit this to the specification of the service, and the decision is needed no more.
      </p>
      <pre>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys */}
        <code tabIndex={0}>{data?.text ?? 'Reading …'}</code>
      </pre>
      {data?.notes.map((note) => (
        <p key={note} className="hint">
          {note}
        </p>
      ))}
      {data && <Takers fragment={data} />}
    </section>
  );
}

function Takers({ fragment }: { readonly fragment: Fragment }) {
  const [said, setSaid] = useState('');
  const copy = (): void => {
    navigator.clipboard.writeText(fragment.text).then(
      () => setSaid('Copied'),
      () => setSaid('The browser does not allow it: select the text and copy it'),
    );
  };
  return (
    <div className="buttons">
      <button type="button" onClick={copy}>
        Copy
      </button>
      <button type="button" onClick={() => download(fragment)}>
        Download {fragment.fileName}
      </button>
      <span role="status" className="dim">
        {said}
      </span>
    </div>
  );
}

const KEPT_MS = 10_000;

function download({ text, mediaType, fileName }: Fragment): void {
  const address = URL.createObjectURL(new Blob([text], { type: mediaType }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // Browsers begin the download later; how much later, they do not say.
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}
