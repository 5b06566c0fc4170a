/** The gradient that reaches each time step of an RNN and of an LSTM on the same batches, and how far back each recalls. */
import type { JSX } from 'preact';
import { Segmented, Toggle } from '../shared/controls.tsx';
import { formatFigure, formatPercent } from '../shared/format.ts';
import { HeatRows, type HeatGroup } from './heat-rows.tsx';
import { SYMBOLS } from './memory-data.ts';
import { ratioOf, type MemoryLook } from './memory-probe.ts';
import { TWINS, type Twin } from './memory-task.ts';
import type { ViewProps } from './views.tsx';
import './memory-view.css';

const NAMES: { readonly [K in Twin]: string } = { rnn: 'RNN', lstm: 'LSTM' };
const DECADES = 8;
const LENGTHS = [16, 32, 64, 128];

export function MemoryView({ looks, config, change }: ViewProps): JSX.Element {
  const look = looks.memory.value;
  return (
    <div class="stage">
      <div class="view-switches">
        <Segmented
          legend="Steps of a sequence"
          value={String(config.length)}
          options={LENGTHS.map((length) => ({ value: String(length), label: String(length) }))}
          onChange={(length) => change({ length: Number(length) })}
        />
        <Toggle label="Clip the gradient" checked={config.clip > 0} onChange={(on) => change({ clip: on ? 1 : 0 })} />
        <Toggle
          label="Orthogonal start"
          checked={config.orthogonal}
          onChange={(orthogonal) => change({ orthogonal })}
        />
        <Toggle
          label="Forget gates open at first"
          checked={config.forgetBias > 0}
          onChange={(open) => change({ forgetBias: open ? 3 : 0 })}
        />
      </div>
      {look ? (
        <>
          <HeatRows
            title="The gradient that reaches each time step"
            groups={TWINS.map((twin) => groupOf(twin, look))}
            columnLabel="Step"
            format={formatFigure}
            decades={DECADES}
          />
          <Reach look={look} />
          <p class="field-note">
            One of {config.length} symbols is marked; at the end the question is which of {SYMBOLS} it was. A cell is
            the norm of the gradient of the loss with respect to a layer’s state at that step. Where it is gone, nothing
            of that step can be learned.
          </p>
        </>
      ) : (
        <p class="stage-empty">Reading the first gradients…</p>
      )}
    </div>
  );
}

function groupOf(twin: Twin, look: MemoryLook): HeatGroup {
  const { gradients, layers, length } = look[twin];
  return {
    title: NAMES[twin],
    figure: (
      <span data-testid={`ratio-${twin}`}>
        first step over last: <b>{formatFigure(ratioOf(look[twin]))}</b>
      </span>
    ),
    // The layer next to the answer on top, as networks are drawn.
    rows: Array.from({ length: layers }, (_, at) => layers - 1 - at).map((layer) => ({
      label: `Layer ${layer + 1}`,
      values: gradients.subarray(layer * length, (layer + 1) * length),
    })),
  };
}

/** Right answers by the place of the mark, under the same time axis. */
function Reach({ look }: { look: MemoryLook }): JSX.Element {
  const bins = look.rnn.reach.length;
  const length = look.rnn.length;
  const span = (bin: number): string =>
    `${Math.ceil((bin * length) / bins) + 1}–${Math.ceil(((bin + 1) * length) / bins)}`;
  return (
    <section>
      <header class="stage-head">
        <h2>Right answers, by where the mark was</h2>
        <p class="muted">chance: {formatPercent(1 / SYMBOLS)}</p>
      </header>
      <table class="reach">
        <thead>
          <tr>
            <th scope="col">Mark at step</th>
            {look.rnn.reach.map((_, bin) => (
              <th key={bin} scope="col">
                {span(bin)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {TWINS.map((twin) => (
            <tr key={twin}>
              <th scope="row">{NAMES[twin]}</th>
              {look[twin].reach.map((share, bin) => (
                <td key={bin} style={{ '--share': `${Math.round(100 * share)}%` }}>
                  {Math.round(100 * share)}
                  <span class="visually-hidden"> %</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
