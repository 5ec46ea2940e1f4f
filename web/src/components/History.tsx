interface Props {
  readonly label: string;
  /** In percent, oldest first. */
  readonly values: readonly number[];
}

const WIDTH = 240;
const HEIGHT = 36;

/** A line of how a figure went; nothing while it has not moved. */
export function History({ label, values }: Props) {
  if (new Set(values).size < 2) return null;
  const low = Math.min(...values, 90);
  const toX = (index: number): number => (index / (values.length - 1)) * WIDTH;
  const toY = (value: number): number => 2 + ((100 - value) / (100 - low)) * (HEIGHT - 4);
  const points = values.map((value, index) => `${toX(index).toFixed(1)},${toY(value).toFixed(1)}`);
  const latest = Math.round(values.at(-1) ?? 0);
  return (
    <svg
      className="history"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}: now ${latest} %`}
    >
      <title>{label}</title>
      <polyline points={points.join(' ')} />
    </svg>
  );
}
