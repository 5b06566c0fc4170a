/** What the RNN and the LSTM come to on the same batches, beside each other. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { LineChart, type ChartSeries } from '../shared/chart.tsx';
import type { CurvesPart } from '../shared/curves-csv.ts';
import { formatCount, formatFigure, formatLoss, formatPercent, formatTick } from '../shared/format.ts';
import type { RunStore } from '../shared/run-store.ts';
import type { Readout } from '../shared/shell.tsx';
import type { Looks } from './looks.ts';
import { SYMBOLS } from './memory-data.ts';

const SERIES: readonly ChartSeries[] = [
  { name: 'rnn', label: 'RNN', color: '--series-2', dashed: true },
  { name: 'lstm', label: 'LSTM', color: '--series-1' },
];

export function MemoryCharts({ run, looks }: { run: RunStore; looks: Looks }): JSX.Element {
  const mark = useComputed(() => run.past.value?.moment.step ?? null);
  const loss = useComputed(() => looks.memoryCurves.value.loss);
  const accuracy = useComputed(() => looks.memoryCurves.value.accuracy);
  const ratio = useComputed(() => looks.memoryCurves.value.ratio);
  const shared = { xLabel: 'Step', series: SERIES, version: looks.version, mark } as const;
  return (
    <>
      <LineChart
        {...shared}
        title="Loss"
        yLabel="Cross-entropy, test"
        curves={loss}
        format={formatLoss}
        axisFormat={formatTick}
        allowLog
        empty="Loss will appear here"
      />
      <LineChart
        {...shared}
        title="Accuracy"
        yLabel="Symbols recalled, test"
        curves={accuracy}
        format={formatPercent}
        axisFormat={(value) => `${Math.round(value * 100)} %`}
        range={[0, 1]}
        guides={[{ at: 1 / SYMBOLS, label: 'chance' }]}
        empty="Accuracy will appear here"
      />
      <LineChart
        {...shared}
        title="Gradient, first step over last"
        yLabel="Ratio"
        curves={ratio}
        format={formatFigure}
        axisFormat={formatTick}
        allowLog
        logAtFirst
        empty="The ratio will appear here"
      />
    </>
  );
}

export function memoryParts(looks: Looks): CurvesPart[] {
  const { loss, accuracy, ratio } = looks.memoryCurves.value;
  return [
    { title: 'test loss', curves: loss },
    { title: 'test accuracy', curves: accuracy },
    { title: 'gradient first over last', curves: ratio },
  ];
}

export function memoryReadouts(run: RunStore, looks: Looks): Readout[] {
  const { step, epoch } = run.progress.value;
  const look = looks.memory.value;
  return [
    { label: 'Step', value: formatCount(step) },
    { label: 'Epoch', value: epoch.toFixed(1) },
    { label: 'RNN recalls', value: formatPercent(look?.rnn.accuracy) },
    { label: 'LSTM recalls', value: formatPercent(look?.lstm.accuracy) },
  ];
}
