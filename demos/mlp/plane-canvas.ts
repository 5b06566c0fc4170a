/**
 * Draws the plane: the field of the network's answers, axes, training points as discs and test points as rings.
 * A class is told by hue; where the network is undecided the field fades to paper. Knows no network.
 */
import { formatTick } from '../shared/format.ts';
import { token, tokenRgb } from '../shared/theme.ts';
import { EXTENT } from './extent.ts';
import { chancesAt, type Field, type Points } from './plane-probe.ts';
import type { PlaneAxis } from './table-data.ts';

export interface PlanePicture {
  readonly field: Field | null;
  readonly train: Points | null;
  readonly test: Points | null;
  /** Of a table; the plane's own where there is none. */
  readonly axes: readonly [PlaneAxis, PlaneAxis] | null;
}

const MARGIN = { left: 34, bottom: 34, top: 2, right: 2 };
/** The field is painted this fine, from a coarser grid of answers, and then scaled to the canvas. */
const PIXELS = 216;
/** How much of a class's hue the field takes where the network is certain. */
const FIELD_STRENGTH = 0.5;

export function drawPlane(canvas: HTMLCanvasElement, picture: PlanePicture): void {
  const size = canvas.clientWidth;
  const context = canvas.getContext('2d');
  if (!context || size === 0) return;
  const scale = devicePixelRatio;
  canvas.width = canvas.height = Math.round(size * scale);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  const side = size - MARGIN.left - MARGIN.right;
  context.save();
  context.beginPath();
  context.roundRect(MARGIN.left, MARGIN.top, side, side, 4);
  context.clip();
  drawField(context, picture.field, side);
  drawGrid(context, side);
  const radius = Math.max(2.6, Math.min(4.2, side / 130));
  if (picture.test) drawPoints(context, picture.test, side, radius, 'ring');
  if (picture.train) drawPoints(context, picture.train, side, radius, 'disc');
  context.restore();
  drawAxes(context, side, picture.axes);
}

/** The place under a pointer, in the plane's own unit. */
export function placeAt(canvas: HTMLCanvasElement, event: PointerEvent): readonly [number, number] {
  const box = canvas.getBoundingClientRect();
  const side = box.width - MARGIN.left - MARGIN.right;
  const toUnit = (pixels: number): number => EXTENT * ((2 * pixels) / side - 1);
  return [toUnit(event.clientX - box.left - MARGIN.left), -toUnit(event.clientY - box.top - MARGIN.top)];
}

function drawField(context: CanvasRenderingContext2D, field: Field | null, side: number): void {
  context.fillStyle = token('--field-blank');
  context.fillRect(MARGIN.left, MARGIN.top, side, side);
  if (!field) return;
  const small = new OffscreenCanvas(PIXELS, PIXELS);
  small.getContext('2d')?.putImageData(paint(field), 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.drawImage(small, MARGIN.left, MARGIN.top, side, side);
}

function paint(field: Field): ImageData {
  const { classes } = field;
  const blank = tokenRgb('--field-blank');
  const hues = classColors(classes).map((name) => tokenRgb(name));
  const image = new ImageData(PIXELS, PIXELS);
  const chances = new Float32Array(classes);
  for (let pixel = 0; pixel < PIXELS * PIXELS; pixel++) {
    const x = EXTENT * ((2 * ((pixel % PIXELS) + 0.5)) / PIXELS - 1);
    const y = EXTENT * (1 - (2 * (Math.floor(pixel / PIXELS) + 0.5)) / PIXELS);
    chancesAt(field, x, y, chances);
    let top = 0;
    for (let k = 1; k < classes; k++) if ((chances[k] ?? 0) > (chances[top] ?? 0)) top = k;
    // Not above 0 for an answer that is no number: paper, then.
    const certainty = Math.max(0, ((chances[top] ?? 0) - 1 / classes) / (1 - 1 / classes) || 0);
    const hue = hues[top] ?? blank;
    for (let channel = 0; channel < 3; channel++) {
      const from = blank[channel] ?? 0;
      image.data[4 * pixel + channel] = from + FIELD_STRENGTH * certainty * ((hue[channel] ?? 0) - from);
    }
    image.data[4 * pixel + 3] = 255;
  }
  return image;
}

function drawGrid(context: CanvasRenderingContext2D, side: number): void {
  context.strokeStyle = token('--text');
  context.globalAlpha = 0.1;
  context.lineWidth = 1;
  context.beginPath();
  const zero = Math.round(side / 2) + 0.5;
  context.moveTo(MARGIN.left + zero, MARGIN.top);
  context.lineTo(MARGIN.left + zero, MARGIN.top + side);
  context.moveTo(MARGIN.left, MARGIN.top + zero);
  context.lineTo(MARGIN.left + side, MARGIN.top + zero);
  context.stroke();
  context.globalAlpha = 1;
}

function drawPoints(
  context: CanvasRenderingContext2D,
  { places, labels }: Points,
  side: number,
  radius: number,
  kind: 'disc' | 'ring',
): void {
  const paper = token('--surface');
  const colors = classColors(4).map((name) => token(name));
  for (let i = 0; i < labels.length; i++) {
    const x = MARGIN.left + (((places[2 * i] ?? 0) / EXTENT + 1) / 2) * side;
    const y = MARGIN.top + ((1 - (places[2 * i + 1] ?? 0) / EXTENT) / 2) * side;
    const color = colors[labels[i] ?? 0] ?? paper;
    context.beginPath();
    context.arc(x, y, kind === 'disc' ? radius : radius - 0.4, 0, 2 * Math.PI);
    context.fillStyle = kind === 'disc' ? color : paper;
    context.strokeStyle = kind === 'disc' ? paper : color;
    context.lineWidth = kind === 'disc' ? 1 : 1.6;
    context.fill();
    context.stroke();
  }
}

function drawAxes(context: CanvasRenderingContext2D, side: number, axes: PlanePicture['axes']): void {
  context.fillStyle = token('--muted');
  context.font = `12px ${token('--sans')}`;
  context.textAlign = 'center';
  context.textBaseline = 'top';
  const at = (place: number): number => ((place / EXTENT + 1) / 2) * side;
  const bottom = MARGIN.top + side;
  for (const { place, text } of ticksOf(axes?.[0])) context.fillText(text, MARGIN.left + at(place), bottom + 6);
  context.fillText(axes?.[0].name ?? 'x₁', MARGIN.left + side / 2, bottom + 20);
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const { place, text } of ticksOf(axes?.[1])) context.fillText(text, MARGIN.left - 6, MARGIN.top + at(-place));
  if (!axes) {
    context.textAlign = 'left';
    context.fillText('x₂', 0, MARGIN.top + side / 2 - at(0.5) + at(0.25));
    return;
  }
  // A name of any length: inside the plane, along its edge.
  context.save();
  context.translate(MARGIN.left + 10, MARGIN.top + side / 2);
  context.rotate(-Math.PI / 2);
  context.textAlign = 'center';
  context.fillStyle = token('--text');
  context.fillText(axes[1].name, 0, 0);
  context.restore();
}

interface Tick {
  /** From -EXTENT to EXTENT. */
  readonly place: number;
  readonly text: string;
}

/** Round values of a table's own unit, or the plane's. */
function ticksOf(axis: PlaneAxis | undefined): Tick[] {
  const [low, high] = axis ? [axis.valueAt(-EXTENT), axis.valueAt(EXTENT)] : [-EXTENT, EXTENT];
  const rough = (high - low) / 5;
  if (!(rough > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, index) => {
    const value = Number(((first + index) * step).toPrecision(6));
    return { place: ((value - low) / (high - low)) * 2 * EXTENT - EXTENT, text: formatTick(value).replace('-', '−') };
  });
}

export function classColors(classes: number): `--${string}`[] {
  return (['--class-0', '--class-1', '--class-2', '--class-3'] as const).slice(0, classes);
}
