/** For each kind of work of which there are several kernels: how long each takes here, and which one is used. */
import type { JSX } from 'preact';
import type { TuningEntry, TuningTable } from '../../../src/index.ts';
import { Button } from '../../shared/controls.tsx';
import { saveFile } from '../../shared/save-file.ts';
import { CaseChoice } from '../case-choice.tsx';
import { msText } from '../profile/units.ts';
import type { VariantsStore } from './variants-store.ts';
import './variants.css';

export function VariantsView({ store }: { store: VariantsStore }): JSX.Element {
  const { job, table, fresh } = store;
  const entries = Object.entries(table.value?.entries ?? {});
  // What was just measured comes first.
  const ordered = entries.toSorted(([a], [b]) => Number(fresh.value.has(b)) - Number(fresh.value.has(a)));
  return (
    <div class="variants">
      <p class="bench-lead">
        A product, a convolution, attention, a recurrent layer or a reduction can be computed by several kernels, and
        which is the fastest depends on the adapter and the shapes. <code>tune()</code> times them by turns and the
        browser remembers; what was not measured is chosen by rule. Where one kernel is far ahead, only its time is
        kept.
      </p>
      <CaseChoice store={store} action="Measure" label="Measure the kernels of this step">
        {entries.length > 0 && (
          <Button label="Download the table as JSON" onPress={() => download(table.value)}>
            Download JSON
          </Button>
        )}
      </CaseChoice>
      {table.value && entries.length === 0 && job.progress.value === null && (
        <p class="muted">Nothing in this work has more than one kernel.</p>
      )}
      {ordered.map(([key, entry]) => (
        <Measured key={key} name={key} entry={entry} />
      ))}
    </div>
  );
}

/** `matmul 512x512 512x512 {"transposeA":false}`: the op, the sizes of what it reads, and its attributes. */
function Measured({ name, entry }: { name: string; entry: TuningEntry }): JSX.Element {
  const at = name.indexOf('{');
  const [op = '', ...sizes] = name.slice(0, at).trim().split(' ');
  const attrs = Object.entries(JSON.parse(name.slice(at)) as Record<string, unknown>);
  const times = Object.entries(entry.milliseconds).toSorted(([, a], [, b]) => a - b);
  const slowest = Math.max(...times.map(([, time]) => time));
  const rule = entry.milliseconds[entry.rule];
  const gain = rule === undefined ? 1 : rule / (entry.milliseconds[entry.fastest] ?? rule);
  return (
    <section class="variants-entry" aria-label={`${op} ${sizes.join(', ')}`}>
      <h2>
        {op} <span class="muted">of {sizes.join(', ')}</span>
      </h2>
      <p class="muted">
        {attrs.map(([key, value]) => `${key} ${JSON.stringify(value).replaceAll('"', '')}`).join(', ')}
        {attrs.length > 0 && '. '}
        {gain > 1.005 ? `${gain.toFixed(2)} times as fast as the rule's kernel.` : 'The rule’s kernel is kept.'}
      </p>
      <table>
        <tbody>
          {times.map(([kernel, time]) => (
            <tr key={kernel} data-used={kernel === entry.fastest ? '' : undefined}>
              <th scope="row">{kernel}</th>
              <td class="variants-time">{msText(time)}</td>
              <td class="variants-bar">
                <span style={{ width: `${(100 * time) / slowest}%` }} />
              </td>
              <td>
                {[kernel === entry.fastest && 'used', kernel === entry.rule && 'by rule'].filter(Boolean).join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function download(table: TuningTable | null): void {
  if (table) saveFile('wgrad-tuning.json', JSON.stringify(table, null, 2), 'application/json');
}
