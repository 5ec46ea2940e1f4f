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

/** `1 service`, `2 services`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
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

/** `in 12 minutes`, or how long ago. */
export function ahead(time: string, now = Date.now()): string {
  const left = Date.parse(time) - now;
  if (left <= 0) return ago(time, now);
  const words = ago(new Date(now - left).toISOString(), now);
  return words === 'a moment ago' ? 'in a moment' : `in ${words.replace(' ago', '')}`;
}

/** A length of time in its largest whole unit: `5 min`, `1 h`, `90 min`. */
export function span(seconds: number): string {
  const units: readonly [number, string][] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const [size, unit] = units.find(([one]) => seconds % one === 0) ?? [1, 's'];
  return `${grouped(seconds / size)} ${unit}`;
}

/** `file:line:column` with what is known. */
export function toPlace(place: {
  file: string;
  line?: number | undefined;
  column?: number | undefined;
}) {
  return [place.file, place.line, place.line && place.column].filter(Boolean).join(':');
}
