import { type RefObject, useEffect, useRef } from 'react';
import type { Focus } from './focus.ts';
import { type Scene, Stage, type StageEvents } from './stage.ts';

interface Parts {
  readonly frame: RefObject<HTMLElement | null>;
  readonly scene: Scene | undefined;
  /** What is looked at; it is flown to, unless it was chosen on the map itself. */
  readonly focus: Focus | undefined;
  readonly events: StageEvents;
  readonly onFail: () => void;
}

/** Keeps a stage that shows what it is told to. */
export function useStage({ frame, scene, focus, events, onFail }: Parts) {
  const stage = useRef<Stage>(null);
  const chosen = useRef('');
  const latest = useRef(events);
  latest.current = events;
  useEffect(
    () => () => {
      stage.current?.end();
      stage.current = null;
    },
    [],
  );
  useEffect(() => {
    if (!frame.current || !scene) return;
    if (stage.current) {
      stage.current.show(scene);
      return;
    }
    try {
      stage.current = new Stage(frame.current, scene, {
        onPoint: (id) => latest.current.onPoint(id),
        onService: (id) => {
          chosen.current = JSON.stringify({ service: id });
          latest.current.onService(id);
        },
        onEdge: (from, to) => {
          chosen.current = JSON.stringify({ from, to });
          latest.current.onEdge(from, to);
        },
      });
    } catch {
      onFail();
    }
  }, [frame, scene, onFail]);
  const key = JSON.stringify(focus);
  const flown = useRef<string>(null);
  const isThere = scene !== undefined;
  const isDone = scene?.isDone ?? false;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another object may say the same
  useEffect(() => {
    if (!isThere || !stage.current) return;
    stage.current.look(focus);
    const target = `${key} ${isDone}`;
    if (focus && chosen.current !== key && flown.current !== target) {
      const ids = 'service' in focus ? [focus.service] : [focus.from, focus.to];
      stage.current.fly(ids, flown.current === null);
    }
    flown.current = target;
    if (chosen.current !== key) chosen.current = '';
  }, [key, isThere, isDone]);
  return stage;
}
