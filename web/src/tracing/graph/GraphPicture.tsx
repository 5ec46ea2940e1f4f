import { useMemo, useRef, useState } from 'react';
import { counted } from '../../names.ts';
import type { ListSearch } from '../../router.tsx';
import { Arrows, EdgeLine, NodeBox } from './GraphShapes.tsx';
import { Legend } from './Legend.tsx';
import { type Layout, layoutOf } from './layout.ts';
import type { Shown } from './picture.ts';
import { useFitting } from './use-fitting.ts';

interface Props {
  readonly shown: Shown;
  readonly search: ListSearch;
}

const STEP = 1.3;
const [SMALLEST, LARGEST] = [0.15, 2.5];
/** Lines of which single ones can no longer be followed. */
const CROWD = 80;

/** The call graph as a picture: callers left of whom they call. Every service leads to what is usual for it, every line to
 *  its numbers; both stand in the table below, too. */
export function GraphPicture({ shown, search }: Props) {
  const frame = useRef<HTMLElement>(null);
  const [zoom, setZoom] = useState<number>();
  const structure = JSON.stringify([
    shown.nodes.map(({ id }) => id),
    shown.edges.map(({ edge: { from, to } }) => [from, to]),
  ]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: numbers change all the time, and move nothing
  const layout = useMemo(
    () =>
      layoutOf(
        shown.nodes.map(({ id }) => id),
        shown.edges.map(({ edge }) => edge),
      ),
    [structure],
  );
  const { readable, whole } = useFitting(frame, layout);
  const [pointed, setPointed] = useState<string>();
  const scale = zoom ?? readable;
  const to = (wanted: number) => setZoom(Math.min(LARGEST, Math.max(SMALLEST, wanted)));
  return (
    <figure className="graph" aria-label="Call graph">
      <div className="graph-tools">
        <Legend />
        <span className="zoom">
          <button type="button" aria-label="Smaller" onClick={() => to(scale / STEP)}>
            −
          </button>
          <button type="button" aria-label="Larger" onClick={() => to(scale * STEP)}>
            +
          </button>
          <button type="button" onClick={() => setZoom(whole)}>
            Whole
          </button>
        </span>
      </div>
      <section
        ref={frame}
        className={`graph-window ${roomOf(layout)}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
        tabIndex={0}
        aria-label="The picture, to be scrolled"
      >
        {/* biome-ignore lint/a11y/useSemanticElements: a set of fields is no picture */}
        <svg
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          width={layout.width * scale}
          height={layout.height * scale}
          role="group"
          className={shown.edges.length > CROWD ? 'crowd' : undefined}
          aria-label={`${counted(shown.nodes.length, 'service')} and ${counted(shown.edges.length, 'relationship')}`}
        >
          <Arrows />
          <g>
            {shown.edges.map((edge) => (
              <EdgeLine
                key={`${edge.edge.from} ${edge.edge.to}`}
                shown={edge}
                layout={layout}
                search={search}
                pointed={pointed}
              />
            ))}
          </g>
          {shown.nodes.map((node) => (
            <NodeBox
              key={node.id}
              node={node}
              layout={layout}
              search={search}
              onPoint={setPointed}
            />
          ))}
        </svg>
      </section>
    </figure>
  );
}

/** Three sizes: what changes a little moves nothing below. */
function roomOf({ height }: Layout): string {
  if (height < 260) return 'little';
  return height < 440 ? 'some' : 'much';
}
