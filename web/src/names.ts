/** `environment/namespace/name` in its parts. */
export function partsOf(service: string): { environment: string; namespace: string; name: string } {
  const [environment = '', namespace = '', ...name] = service.split('/');
  return { environment, namespace, name: name.join('/') };
}

export function nameOf(service: string): string {
  return partsOf(service).name || service;
}

export function grouped(count: number): string {
  return count.toLocaleString('en');
}

/** `12 minutes ago`. */
export function ago(time: string, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1_000));
  if (seconds < 45) return 'a moment ago';
  const steps: readonly [number, string][] = [
    [60, 'minute'],
    [3_600, 'hour'],
    [86_400, 'day'],
  ];
  const [size, unit] = steps.findLast(([from]) => seconds >= from * 0.75) ?? [60, 'minute'];
  const count = Math.max(1, Math.round(seconds / size));
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
}

/** `file:line:column` with what is known. */
export function toPlace(place: {
  file: string;
  line?: number | undefined;
  column?: number | undefined;
}) {
  return [place.file, place.line, place.line && place.column].filter(Boolean).join(':');
}
