/** Which file is read now, for whoever watches how long that takes. A scan is synchronous and has its
 *  process to itself, so one listener for the process is enough. */

type Listener = (path: string | undefined) => void;

let listener: Listener = () => {};
let current: string | undefined;

/** Listens until the returned function is called. */
export function listenToReading(listen: Listener): () => void {
  listener = listen;
  return () => {
    listener = () => {};
    current = undefined;
  };
}

/** Says that `path` is read while `read` runs; what was read around it goes on afterwards. */
export function whileReading<Result>(path: string | undefined, read: () => Result): Result {
  const outer = current;
  tell(path);
  try {
    return read();
  } finally {
    tell(outer);
  }
}

function tell(path: string | undefined): void {
  if (path === current) return;
  current = path;
  listener(path);
}
