const MAX_NAMES = 20_000;
const MAX_LENGTH = 64;
const LEAST_LENGTH = 4;
const AFFIX =
  /^(?:v?\d+|svc|service|api|app|new|internal|prod|canary|worker|helper|proxy|sidecar|agent)$/;

/** The name among those of the estate that another was made to be taken for: one letter or two apart, the same words in
 *  another order, or with a word more that names of services often have. */
export function lookalikeOf(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  if (wanted.length < LEAST_LENGTH || wanted.length > MAX_LENGTH) return undefined;
  const words = essence(wanted);
  let left = MAX_NAMES;
  for (const one of known) {
    if (left-- === 0) return undefined;
    const other = one.toLowerCase();
    if (other === wanted || other.length < LEAST_LENGTH || other.length > MAX_LENGTH) continue;
    if (isNear(wanted, other) || (words !== '' && words === essence(other))) return one;
  }
  return undefined;
}

function essence(name: string): string {
  const words = name.split(/[^a-z0-9]+/).filter((word) => word !== '' && !AFFIX.test(word));
  return words.sort().join('-');
}

/** One change in four letters, and two at most. */
function isNear(a: string, b: string): boolean {
  const most = Math.min(2, Math.floor(Math.min(a.length, b.length) / 4));
  if (Math.abs(a.length - b.length) > most) return false;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const distance = Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
      next.push(distance);
      least = Math.min(least, distance);
    }
    if (least > most) return false;
    row = next;
  }
  return (row[b.length] ?? 0) <= most;
}
