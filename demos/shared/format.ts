/**
 * Numbers as people read them, the same in every lab, in the terminal run and in spoken summaries. Knows nothing of
 * pages or training.
 */
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function formatCount(value: number): string {
  return whole.format(value);
}

/** A loss or another positive quantity of unknown size: four significant digits, never a wall of zeros. */
export function formatLoss(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e5)) return value.toExponential(1);
  if (size >= 1000) return whole.format(value);
  return size >= 100 ? value.toFixed(1) : size >= 10 ? value.toFixed(2) : value.toFixed(4);
}

/** A quantity that spans many powers of ten: two digits say enough of it. */
export function formatFigure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return formatLoss(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e4)
    ? value.toExponential(1)
    : short.format(Number(value.toPrecision(2)));
}

export function formatPercent(fraction: number | null | undefined): string {
  if (fraction === null || fraction === undefined) return '–';
  return `${(fraction * 100).toFixed(1)} %`;
}

/** A number on an axis: short, whatever its size. */
export function formatTick(value: number): string {
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  return size >= 1e5 || (size < 1e-4 && size > 0) ? value.toExponential(0).replace('+', '') : short.format(rounded);
}

/** A rate a second: more digits where the rate is low. */
export function formatRate(perSecond: number): string {
  if (!(perSecond > 0)) return '–';
  return perSecond >= 10 ? whole.format(perSecond) : perSecond.toFixed(1);
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A learning rate or weight decay as one would type it: `0.003`, `1e-5`. */
export function formatSetting(value: number): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(3));
  return Math.abs(rounded) < 1e-4 || Math.abs(rounded) >= 1e6 ? rounded.toExponential().replace('+', '') : `${rounded}`;
}
