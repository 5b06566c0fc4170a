/** Colour images, maps of one channel, and heat over an image, as canvases. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { theme, tokenRgb } from '../shared/theme.ts';

type Paint = (image: ImageData) => void;

function Painted(props: { width: number; height: number; label: string; paint: Paint; deps: unknown[] }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, label, paint } = props;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = new ImageData(width, height);
    paint(image);
    context.putImageData(image, 0, 0);
  }, [width, height, ...props.deps]);
  return <canvas ref={canvas} class="picture" width={width} height={height} role="img" aria-label={label} />;
}

/** [3, side, side] from 0 to 1. */
export function Photo(props: { pixels: Float32Array; side: number; label: string }): JSX.Element {
  const { pixels, side, label } = props;
  const paint: Paint = ({ data }) => {
    for (let at = 0; at < side * side; at++) {
      for (let channel = 0; channel < 3; channel++)
        data[4 * at + channel] = 255 * (pixels[channel * side * side + at] ?? 0);
      data[4 * at + 3] = 255;
    }
  };
  return <Painted width={side} height={side} label={label} paint={paint} deps={[pixels]} />;
}

/** A filter [channels, rows, columns]: of three channels as a colour around grey, else the mean of them by its sign. */
export function FilterPicture(props: {
  values: Float32Array;
  channels: number;
  rows: number;
  columns: number;
  label: string;
}): JSX.Element {
  const { values, channels, rows, columns, label } = props;
  const size = rows * columns;
  const paint: Paint = ({ data }) => {
    const most = values.reduce((best, value) => Math.max(best, Math.abs(value)), 1e-9);
    for (let at = 0; at < size; at++) {
      for (let channel = 0; channel < 3; channel++) {
        const from = channels === 3 ? channel : 0;
        data[4 * at + channel] = 127.5 * (1 + (values[from * size + at] ?? 0) / most);
      }
      data[4 * at + 3] = 255;
    }
  };
  return <Painted width={columns} height={rows} label={label} paint={paint} deps={[values]} />;
}

/** One channel of activations, from the paper's colour at 0 to ink at the greatest. */
export function MapPicture(props: {
  values: Float32Array;
  rows: number;
  columns: number;
  most: number;
  label: string;
}): JSX.Element {
  const { values, rows, columns, most, label } = props;
  const scheme = theme.value;
  const paint: Paint = ({ data }) => {
    const [paper, ink] = [tokenRgb('--surface'), tokenRgb('--accent')];
    values.forEach((value, at) => {
      const strength = Math.min(1, value / Math.max(most, 1e-9));
      for (let channel = 0; channel < 3; channel++) {
        const from = paper[channel] ?? 0;
        data[4 * at + channel] = from + strength * ((ink[channel] ?? 0) - from);
      }
      data[4 * at + 3] = 255;
    });
  };
  return <Painted width={columns} height={rows} label={label} paint={paint} deps={[values, most, scheme]} />;
}

/** Heat [rows, columns] from 0 to 1 over an image, smoothly enlarged. */
export function HeatPicture(props: {
  pixels: Float32Array;
  side: number;
  heat: { readonly values: Float32Array; readonly rows: number; readonly columns: number };
  label: string;
}): JSX.Element {
  const { pixels, side, heat, label } = props;
  const at = (row: number, column: number): number =>
    heat.values[
      Math.min(heat.rows - 1, Math.max(0, row)) * heat.columns + Math.min(heat.columns - 1, Math.max(0, column))
    ] ?? 0;
  const smooth = (row: number, column: number): number => {
    const y = ((row + 0.5) * heat.rows) / side - 0.5;
    const x = ((column + 0.5) * heat.columns) / side - 0.5;
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const [v, u] = [y - top, x - left];
    const upper = at(top, left) * (1 - u) + at(top, left + 1) * u;
    return upper * (1 - v) + (at(top + 1, left) * (1 - u) + at(top + 1, left + 1) * u) * v;
  };
  const paint: Paint = ({ data }) => {
    for (let pixel = 0; pixel < side * side; pixel++) {
      const warmth = smooth(Math.floor(pixel / side), pixel % side);
      const light = [0, 1, 2].map((channel) => 255 * (pixels[channel * side * side + pixel] ?? 0));
      const grey = 0.35 * (0.3 * light[0]! + 0.59 * light[1]! + 0.11 * light[2]!);
      for (let channel = 0; channel < 3; channel++)
        data[4 * pixel + channel] = grey + (light[channel]! - grey) * warmth;
      data[4 * pixel + 3] = 255;
    }
  };
  return <Painted width={side} height={side} label={label} paint={paint} deps={[pixels, heat]} />;
}
