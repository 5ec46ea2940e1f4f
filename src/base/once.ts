/** Makes something of each object once, and holds it for as long as the object is. */
export function oncePer<From extends object, To>(make: (from: From) => To): (from: From) => To {
  const made = new WeakMap<From, To>();
  return (from) => {
    const known = made.get(from);
    if (known !== undefined) return known;
    const to = make(from);
    made.set(from, to);
    return to;
  };
}

/** Work that is under way once at a time: whoever asks meanwhile waits for the same, unless it began longer ago than
 *  `patienceMs` and is taken to be stuck. */
export function onceAtATime<To>(work: () => Promise<To>, patienceMs: number): () => Promise<To> {
  let running: { readonly since: number; readonly result: Promise<To> } | undefined;
  return () => {
    const now = performance.now();
    if (running && now - running.since < patienceMs) return running.result;
    const begun = { since: now, result: work() };
    running = begun;
    const end = (): void => {
      if (running === begun) running = undefined;
    };
    begun.result.then(end, end);
    return begun.result;
  };
}

/** Makes something when it is asked for, and once. */
export function once<To extends object>(make: () => To): () => To {
  let made: To | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
