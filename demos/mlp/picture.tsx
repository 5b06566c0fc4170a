/** 28 x 28 values as a picture. */
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
