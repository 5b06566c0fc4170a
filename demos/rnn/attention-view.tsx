/** Which words look at which, between the sentences or within them, as a table of colours that moves with the training. */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { Segmented, Select } from '../shared/controls.tsx';
import { createProbe } from '../shared/probe.ts';
import { readAttention, type Block } from './attention-probe.ts';
import { PairFields } from './pair-editor.tsx';
import { isPairsTask } from './pairs-probe.ts';
import { PRESETS } from './presets.ts';
import type { ViewProps } from './views.tsx';
import './attention-view.css';

const NAMES = ['A', 'B'] as const;
const blockName = ({ from, to }: Block): string => `${NAMES[from]} → ${NAMES[to]}`;

export function AttentionView({ run, own, change }: ViewProps): JSX.Element {
  const probe = useMemo(
    () =>
      createProbe(run, 400, async (task) => {
        const pair = own.pair.peek();
        if (!pair || !isPairsTask(task)) return null;
        const words = [task.data.cut(pair.first), task.data.cut(pair.second)] as const;
        return words[0].length > 0 && words[1].length > 0 ? readAttention(task, words) : null;
      }),
    [run],
  );
  useEffect(() => probe.stop, [probe]);
  useSignalEffect(() => {
    void own.pair.value;
    probe.again();
  });
  const layerAt = useSignal(0);
  const blockAt = useSignal(0);
  const headAt = useSignal('mean');
  const task = run.task.value;
  const look = probe.result.value;
  if (!task || !isPairsTask(task)) return <p class="stage-empty">Building the network…</p>;
  const layer = look?.layers[Math.min(layerAt.value, look.layers.length - 1)];
  const block = layer?.blocks[Math.min(blockAt.value, layer.blocks.length - 1)];
  const heads = block?.heads.length ?? 0;
  const head = Number(headAt.value) < heads ? headAt.value : 'mean';
  return (
    <div class="stage">
      <PairFields own={own} task={task} title="Where its words look" />
      {look && look.layers.length === 0 && (
        <p class="stage-empty">
          This network has no attention: a sentence comes to one vector before the two meet.{' '}
          <button
            type="button"
            class="link"
            onClick={() => change(PRESETS.find(({ name }) => name === 'bilstm-attention')?.config ?? {})}
          >
            Take the BiLSTM with attention
          </button>
        </p>
      )}
      {look && layer && block && (
        <>
          <div class="view-switches">
            {look.layers.length > 1 && (
              <Select
                label="Layer"
                value={String(look.layers.indexOf(layer))}
                options={look.layers.map(({ name }, at) => ({ value: String(at), label: name }))}
                onChange={(at) => (layerAt.value = Number(at))}
              />
            )}
            <Segmented
              legend="From, to"
              value={String(layer.blocks.indexOf(block))}
              options={layer.blocks.map((each, at) => ({ value: String(at), label: blockName(each) }))}
              onChange={(at) => (blockAt.value = Number(at))}
            />
            {heads > 1 && (
              <Segmented
                legend="Head"
                value={head}
                options={[
                  { value: 'mean', label: 'Mean' },
                  ...Array.from({ length: heads }, (_, at) => ({ value: String(at), label: String(at + 1) })),
                ]}
                onChange={(value) => (headAt.value = value)}
              />
            )}
          </div>
          <AttentionTable
            rows={look.pair[block.from]}
            columns={look.pair[block.to]}
            weights={head === 'mean' ? meanOf(block.heads) : (block.heads[Number(head)] ?? meanOf(block.heads))}
            caption={`${layer.name}, ${blockName(block)}${heads > 1 ? `, ${head === 'mean' ? 'mean of the heads' : `head ${Number(head) + 1}`}` : ''}`}
          />
          <p class="field-note">
            A row is a word of {NAMES[block.from]}, its cells the percent of its attention that the words of{' '}
            {NAMES[block.to]} get. The darkest cell is the greatest of all.
          </p>
        </>
      )}
    </div>
  );
}

function meanOf(heads: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(heads[0]?.length ?? 0);
  for (const head of heads) head.forEach((value, at) => (mean[at] = (mean[at] ?? 0) + value / heads.length));
  return mean;
}

function AttentionTable(props: {
  rows: readonly string[];
  columns: readonly string[];
  weights: Float32Array;
  caption: string;
}): JSX.Element {
  const { rows, columns, weights } = props;
  const most = weights.reduce((greatest, weight) => Math.max(greatest, weight), 1e-6);
  return (
    <div class="attention" tabIndex={0} role="group" aria-label={props.caption}>
      <table>
        <caption class="visually-hidden">{props.caption}, in percent</caption>
        <thead>
          <tr>
            <td />
            {columns.map((word, column) => (
              <th key={column} scope="col">
                <span>{word}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((word, row) => (
            <tr key={row}>
              <th scope="row">{word}</th>
              {columns.map((other, column) => {
                const weight = weights[row * columns.length + column] ?? 0;
                const percent = Math.round(100 * weight);
                return (
                  <td
                    key={column}
                    style={{ '--share': `${Math.round((100 * weight) / most)}%` }}
                    title={`${word} → ${other}: ${percent} %`}
                  >
                    {percent}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
