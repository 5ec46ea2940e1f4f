import { Place } from '../../components/parts.tsx';
import type { Fix } from '../model.ts';
import { Prose } from '../parts.tsx';
import { ShortList } from '../ShortList.tsx';
import type { Path } from './path.ts';
import { FIXES } from './words.ts';

interface Props {
  readonly fixes: readonly Fix[];
  readonly path: Path;
}

/** What closes the way for good: changes that people make, where the file is. */
export function FixesSection({ fixes, path }: Props) {
  return (
    <section className="card" aria-labelledby="fixes">
      <h2 id="fixes">What closes the way for good</h2>
      <ShortList
        items={fixes}
        none="Nothing is known that was open."
        className="doings"
        keyOf={({ id }) => id}
        show={(fix) => <FixView fix={fix} path={path} />}
      />
    </section>
  );
}

function FixView({ fix, path }: { readonly fix: Fix; readonly path: Path }) {
  const { kind, what, because, file, line, change, hop } = fix;
  const step = hop === null ? undefined : path.numberOf(hop);
  return (
    <div>
      <p>
        <span className="badge plain">{FIXES[kind]}</span>
        {step !== undefined && <span className="badge good">stops step {step}</span>}{' '}
        <Prose text={what} />
      </p>
      <p className="dim">
        Because: <Prose text={because} />
      </p>
      {file !== null && <Place place={{ file, line: line ?? undefined }} />}
      {change !== null && (
        <details className="fragment">
          <summary>What to write</summary>
          <pre>
            <code>{change}</code>
          </pre>
        </details>
      )}
    </div>
  );
}
