import { hoursWords } from './baseline-words.ts';

const BAR = 9;
const HEIGHT = 34;

/** The hours of a day in which a service calls others: bars for the eye, and the same in words. */
export function Hours({ hours }: { readonly hours: readonly number[] }) {
  const most = Math.max(0, ...hours);
  return (
    <>
      <p>{hoursWords(hours)}</p>
      {most > 0 && (
        <svg className="hours" viewBox={`0 0 ${24 * BAR} ${HEIGHT + 12}`} aria-hidden="true">
          {hours.map((days, hour) => {
            const high = Math.max(1, (days / most) * HEIGHT);
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: the place of a bar is its hour
              <rect key={hour} x={hour * BAR} y={HEIGHT - high} width={BAR - 2} height={high} />
            );
          })}
          {[0, 6, 12, 18].map((hour) => (
            <text key={hour} x={hour * BAR} y={HEIGHT + 10}>
              {hour}
            </text>
          ))}
        </svg>
      )}
    </>
  );
}
