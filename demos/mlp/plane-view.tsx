/** The plane: points over the live decision boundary, with the network's answer under the pointer. */
import { signal, useComputed, useSignal, useSignalEffect, type ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Toggle } from '../shared/controls.tsx';
import { formatTick } from '../shared/format.ts';
import { createProbe } from '../shared/probe.ts';
import type { RunStore } from '../shared/run-store.ts';
import { theme } from '../shared/theme.ts';
import { classColors, drawPlane, placeAt } from './plane-canvas.ts';
import { EXTENT } from './extent.ts';
import { chancesAt, readField, readPoints, type Points } from './plane-probe.ts';
import { isMlpTask, type MlpTask } from './recipe.ts';
import type { ViewProps } from './views.tsx';

const CLASS_NAMES = ['class A', 'class B', 'class C', 'class D'];

export function PlaneView({ run, config, change }: ViewProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pointer = useSignal<readonly [number, number] | null>(null);
  const width = useSignal(0);
  const showTest = useSignal(config.showTest);
  showTest.value = config.showTest;
  const points = usePoints(run);
  const probe = useMemo(
    () => createProbe(run, 120, (task) => (isMlpTask(task) && drawsPlane(task) ? readField(task) : null)),
    [run],
  );
  useEffect(() => probe.stop, [probe]);

  useSignalEffect(() => {
    void theme.value;
    void width.value;
    if (!canvas.current) return;
    const { train, test } = points.value;
    drawPlane(canvas.current, {
      field: probe.result.value,
      train,
      test: showTest.value ? test : null,
      axes: mlpTaskOf(run)?.axes ?? null,
    });
  });
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => (width.value = entry?.contentRect.width ?? 0));
    if (canvas.current) watcher.observe(canvas.current);
    return () => watcher.disconnect();
  }, []);

  const names = mlpTaskOf(run)?.classNames ?? CLASS_NAMES;
  const answer = useComputed(() => {
    const field = probe.result.value;
    const at = pointer.value;
    if (!field || !at || Math.max(...at.map(Math.abs)) > EXTENT) return null;
    const chances = new Float32Array(field.classes);
    chancesAt(field, at[0], at[1], chances);
    const top = chances.indexOf(Math.max(...chances));
    const percent = Math.round(100 * (chances[top] ?? 0));
    const axes = mlpTaskOf(run)?.axes;
    const [x, y] = at.map((place, axis) => (axes?.[axis] ? formatTick(axes[axis].valueAt(place)) : place.toFixed(2)));
    return `${axes?.[0].name ?? 'x₁'} ${x}, ${axes?.[1].name ?? 'x₂'} ${y}: ${names[top] ?? top} at ${percent} %`;
  });
  const classes = probe.result.value?.classes ?? 2;

  return (
    <div class="plane">
      <canvas
        ref={canvas}
        class="plane-canvas"
        role="img"
        aria-label="Training and test points over the network's decision boundary. Its accuracy is in the charts."
        data-drawn={probe.result.value ? 'field' : 'blank'}
        onPointerMove={(event) => (pointer.value = placeAt(event.currentTarget, event))}
        onPointerLeave={() => (pointer.value = null)}
      />
      <div class="plane-legend">
        <ul>
          {classColors(classes).map((color, index) => (
            <li key={color}>
              <i style={{ background: `var(${color})` }} /> {names[index]}
            </li>
          ))}
          <li>
            <i class="disc" /> train
          </li>
          {config.showTest && (
            <li>
              <i class="ring" /> test
            </li>
          )}
        </ul>
        <p class="plane-answer" data-empty={answer.value === null ? '' : undefined}>
          {answer.value ?? 'Point at the plane to read the network’s answer'}
        </p>
        <Toggle label="Test points" checked={config.showTest} onChange={(shown) => change({ showTest: shown })} />
      </div>
    </div>
  );
}

function drawsPlane(task: MlpTask): boolean {
  return task.config.mode === 'plane' || task.axes !== null;
}

function mlpTaskOf(run: RunStore): MlpTask | null {
  const task = run.task.value;
  return task && isMlpTask(task) ? task : null;
}

type BothSets = { readonly train: Points | null; readonly test: Points | null };

/** The points of the task in hand, read back once a task. */
function usePoints(run: RunStore): ReadonlySignal<BothSets> {
  const points = useMemo(() => signal<BothSets>({ train: null, test: null }), []);
  useSignalEffect(() => {
    const task = run.task.value;
    if (!task || !isMlpTask(task) || !drawsPlane(task)) return;
    void Promise.all([readPoints(task.trainScored), readPoints(task.testScored)]).then(
      ([train, test]) => {
        if (run.task.peek() === task) points.value = { train, test };
      },
      (error: unknown) => run.fail(error),
    );
  });
  return points;
}
