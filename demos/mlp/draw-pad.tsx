/** The paper that one draws on, by mouse, finger or pen. Holds the strokes that it is given and knows no network. */
import { useSignal, useSignalEffect, type ReadonlySignal } from '@preact/signals';
import type { JSX, TargetedPointerEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { theme, token } from '../shared/theme.ts';
import { paintStrokes, type Stroke } from './drawing.ts';

export function DrawPad(props: {
  strokes: ReadonlySignal<readonly Stroke[]>;
  onStrokes: (strokes: readonly Stroke[]) => void;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<number | null>(null);
  const width = useSignal(0);
  useSignalEffect(() => {
    void theme.value;
    const strokes = props.strokes.value;
    const context = canvas.current?.getContext('2d');
    if (!canvas.current || !context || width.value === 0) return;
    canvas.current.width = canvas.current.height = Math.round(width.value * devicePixelRatio);
    paintStrokes(context, strokes, canvas.current.width, token('--text'));
  });
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => (width.value = entry?.contentRect.width ?? 0));
    if (canvas.current) watcher.observe(canvas.current);
    return () => watcher.disconnect();
  }, []);

  const begin = (event: TargetedPointerEvent<HTMLCanvasElement>): void => {
    if (event.button !== 0 || drawing.current !== null) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    drawing.current = event.pointerId;
    props.onStrokes([...props.strokes.peek(), placeOf(event.currentTarget, event)]);
  };
  const move = (event: TargetedPointerEvent<HTMLCanvasElement>): void => {
    if (event.pointerId !== drawing.current) return;
    const pad = event.currentTarget;
    const events = event.getCoalescedEvents().length > 0 ? event.getCoalescedEvents() : [event];
    const strokes = props.strokes.peek();
    const last = strokes.at(-1) ?? [];
    props.onStrokes([...strokes.slice(0, -1), [...last, ...events.flatMap((each) => placeOf(pad, each))]]);
  };
  const end = (event: TargetedPointerEvent<HTMLCanvasElement>): void => {
    if (event.pointerId === drawing.current) drawing.current = null;
  };
  return (
    <canvas
      ref={canvas}
      class="draw-pad"
      role="img"
      aria-label="Paper to draw a digit on by mouse, finger or pen. Without one, take a test digit instead."
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
      onLostPointerCapture={end}
    />
  );
}

function placeOf(pad: HTMLCanvasElement, event: PointerEvent): [number, number] {
  const { left, top, width } = pad.getBoundingClientRect();
  return [(event.clientX - left) / width, (event.clientY - top) / width];
}
