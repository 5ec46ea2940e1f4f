import { ago } from '../names.ts';

/** How long ago; the title says when. */
export function Moment({ time }: { readonly time: string }) {
  return (
    <time dateTime={time} title={time}>
      {ago(time)}
    </time>
  );
}
