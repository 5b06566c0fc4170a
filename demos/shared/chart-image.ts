/** A chart as a picture to keep: its title, legend and plot on paper, as they are on the page. */
import { token } from './theme.ts';

export interface ImageLegend {
  readonly label: string;
  readonly value: string;
  readonly color: string;
  readonly dashed: boolean;
}

const PADDING = 16;
const HEAD = 52;

/** The plot's canvas holds device pixels; the rest is drawn at the same scale. */
export async function chartImage(
  plot: HTMLCanvasElement,
  title: string,
  legend: readonly ImageLegend[],
): Promise<Blob> {
  const scale = plot.width / plot.clientWidth;
  const image = new OffscreenCanvas(plot.width + 2 * PADDING * scale, plot.height + (2 * PADDING + HEAD) * scale);
  const context = image.getContext('2d');
  if (!context) throw new Error('chart: the browser gives no canvas to draw the picture on. Close other tabs.');
  context.fillStyle = token('--surface');
  context.fillRect(0, 0, image.width, image.height);
  context.scale(scale, scale);
  context.fillStyle = token('--text');
  context.textBaseline = 'middle';
  context.font = `600 14px ${token('--sans')}`;
  context.fillText(title, PADDING, PADDING + 8);
  context.font = `12.5px ${token('--sans')}`;
  let x = PADDING;
  for (const { label, value, color, dashed } of legend) {
    const text = `${label} ${value}`;
    context.strokeStyle = color;
    context.lineWidth = 2.5;
    context.setLineDash(dashed ? [4, 2.5] : []);
    context.beginPath();
    context.moveTo(x, PADDING + 34);
    context.lineTo(x + 16, PADDING + 34);
    context.stroke();
    context.fillText(text, x + 22, PADDING + 34);
    x += 22 + context.measureText(text).width + 18;
  }
  context.drawImage(plot, PADDING, PADDING + HEAD, plot.clientWidth, plot.clientHeight);
  return image.convertToBlob({ type: 'image/png' });
}
