/** 28 x 28 values as a picture, and class probabilities as bars. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { theme, tokenRgb } from '../shared/theme.ts';

const SIDE = 28;

/** Ink on paper, or two hues for the two signs, which are strongest at `reach` or the largest of the values. */
export function Picture(props: {
  values: Float32Array;
  tone: 'ink' | 'signed';
  label: string;
  reach?: number;
}): JSX.Element {
  const { values, tone, reach } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = theme.value;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context) context.putImageData(tint(values, tone, reach), 0, 0);
  }, [values, tone, reach, scheme]);
  return <canvas ref={canvas} class="picture" width={SIDE} height={SIDE} role="img" aria-label={props.label} />;
}

function tint(values: Float32Array, tone: 'ink' | 'signed', reach?: number): ImageData {
  const paper = tokenRgb('--surface');
  const positive = tokenRgb(tone === 'ink' ? '--text' : '--class-0');
  const negative = tokenRgb('--class-1');
  const largest = tone === 'ink' ? 1 : (reach ?? values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9));
  const image = new ImageData(SIDE, SIDE);
  values.forEach((value, i) => {
    const hue = value < 0 ? negative : positive;
    const strength = Math.min(1, Math.abs(value) / largest);
    for (let channel = 0; channel < 3; channel++) {
      const from = paper[channel] ?? 0;
      image.data[4 * i + channel] = from + strength * ((hue[channel] ?? 0) - from);
    }
    image.data[4 * i + 3] = 255;
  });
  return image;
}

/** `chances` of the classes; `label` is the right one where it is known. */
export function ChanceBars({
  chances,
  label,
}: {
  chances: Float32Array | null;
  label?: number | undefined;
}): JSX.Element {
  const most = chances ? chances.indexOf(Math.max(...chances)) : -1;
  return (
    <ul class="chances" aria-label="Probability of each class">
      {Array.from({ length: 10 }, (_, digit) => {
        const chance = chances?.[digit] ?? 0;
        const kind = digit === label ? 'right' : digit === most && label !== undefined ? 'wrong' : undefined;
        return (
          <li key={digit} data-top={digit === most ? '' : undefined} data-kind={kind}>
            <span>{digit}</span>
            <i aria-hidden="true" style={{ '--chance': chance }} />
            <b>{chances ? percent(chance) : '–'}</b>
          </li>
        );
      })}
    </ul>
  );
}

/** Whole percents, and no 100 % for what is not certain. */
export function percent(chance: number): string {
  if (chance >= 0.995 && chance < 1) return '>99 %';
  if (chance > 0 && chance < 0.005) return '<1 %';
  return `${Math.round(100 * chance)} %`;
}
