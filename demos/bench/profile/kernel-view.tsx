/** The kernels of a step: a table of its dispatches, and one of them to read. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { KernelChoice, ProfiledDispatch } from '../../../src/index.ts';
import { formatBytes } from '../../shared/format.ts';
import { partsOf } from './header.ts';
import { KernelEditor } from './kernel-editor.tsx';
import type { ProfileStore } from './profile-store.ts';
import { lengthOf } from './profiled.ts';
import { msText } from './units.ts';

export function KernelTable(props: {
  dispatches: readonly ProfiledDispatch[];
  chosen: number | null;
  onChoose: (index: number) => void;
}): JSX.Element {
  const { dispatches } = props;
  const total = dispatches.reduce((sum, { gpu }) => sum + lengthOf(gpu), 0);
  return (
    <div class="bench-scroll profile-kernels" role="region" aria-label="Dispatches" tabIndex={0}>
      <table class="bench-table">
        <thead>
          <tr>
            {['ops', 'kernel', 'on the GPU', 'share', 'bound', 'GB/s', 'workgroups'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {dispatches.map((dispatch, index) => (
            <tr key={index} data-ours={index === props.chosen ? '' : undefined}>
              <th scope="row">
                <button
                  type="button"
                  class="profile-pick"
                  aria-pressed={index === props.chosen}
                  onClick={() => props.onChoose(index)}
                >
                  {dispatch.label}
                </button>
              </th>
              <td>{dispatch.entryPoint}</td>
              <td>{dispatch.gpu ? msText(lengthOf(dispatch.gpu)) : ''}</td>
              <td>{total > 0 ? `${((100 * lengthOf(dispatch.gpu)) / total).toFixed(1)} %` : ''}</td>
              <td>{formatBytes(bytesOf(dispatch))}</td>
              <td>{rateOf(dispatch)}</td>
              <td>{dispatch.workgroups.join(' x ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function bytesOf({ bindings }: ProfiledDispatch): number {
  return bindings.reduce((sum, { bytes }) => sum + bytes, 0);
}

function rateOf(dispatch: ProfiledDispatch): string {
  const milliseconds = lengthOf(dispatch.gpu);
  return milliseconds > 0 ? (bytesOf(dispatch) / milliseconds / 1e6).toPrecision(2) : '';
}

function choiceText({ name, measured, among, early }: KernelChoice): string {
  if (early) return `one that compiles quickly, until ${name} is compiled`;
  const others = among.filter((other) => other !== name).join('; ');
  return `${name}, ${measured ? 'measured to be the fastest here' : 'by rule'}, not: ${others}`;
}

export function KernelText({ dispatch, store }: { dispatch: ProfiledDispatch; store: ProfileStore }): JSX.Element {
  const { file, entryPoint, label, choice, variant, bindings, wgsl } = dispatch;
  const { title, fields, code } = useMemo(() => partsOf(wgsl), [wgsl]);
  const chosen = Object.entries(variant);
  const { edit, found, chosen: chosenAt, job } = store;
  return (
    <section class="profile-text" aria-label={`Kernel ${entryPoint}`}>
      <h2>
        {label}{' '}
        <span class="muted">
          runs {entryPoint} of {file}
        </span>
      </h2>
      <p>{title}</p>
      <dl>
        {fields.map(({ name, text }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
        <div>
          <dt>Variant</dt>
          <dd>{choice ? choiceText(choice) : 'the only one'}</dd>
        </div>
        <div>
          <dt>Constants</dt>
          <dd>
            {chosen.length === 0 ? 'none' : chosen.map(([name, value]) => `${name} = ${String(value)}`).join('\n')}
          </dd>
        </div>
      </dl>
      <div class="bench-scroll" role="region" aria-label="Bindings" tabIndex={0}>
        <table class="bench-table">
          <thead>
            <tr>
              {['binding', 'access', 'size', 'where'].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bindings.map(({ name, access, bytes, place }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{access === 'read' ? 'read' : 'read, write'}</td>
                <td>{formatBytes(bytes)}</td>
                <td>{place}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.value && chosenAt.value !== null && (
        <KernelEditor
          store={edit}
          profiled={found.value}
          index={chosenAt.value}
          code={code}
          busy={job.progress.value !== null}
        />
      )}
    </section>
  );
}
