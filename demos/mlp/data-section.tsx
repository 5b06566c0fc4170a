/** The controls of the data: generated digits, MNIST or files of the reader's own, and the columns of a table. */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { Button, Select, Slider, Toggle } from '../shared/controls.tsx';
import { formatBytes, formatCount } from '../shared/format.ts';
import { RANGES, type MlpConfig } from './config.ts';
import { MNIST_BYTES, deleteMnist, isMnistKept } from './digit-files.ts';
import type { DataStore } from './data-store.ts';
import { FileButton } from '../shared/file-button.tsx';
import { Marked } from '../shared/marked.tsx';
import { columnsOf, targetOf } from './table-data.ts';
import './data.css';

export interface DataProps {
  readonly config: MlpConfig;
  readonly onChange: (patch: Partial<MlpConfig>) => void;
  readonly files: DataStore;
}

export function DigitsData({ config, onChange, files }: DataProps): JSX.Element {
  const loaded = files.loaded.value;
  const kept = useSignal(false);
  useSignalEffect(() => {
    void files.loaded.value;
    void isMnistKept().then((are) => (kept.value = are));
  });
  const own = files.digitsName.value;
  return (
    <section class="lab-section data">
      <h2>Data</h2>
      <div class="fields">
        <Select
          label="Digits"
          value={config.source}
          options={[
            { value: 'generated', label: '4,000 generated, no download' },
            { value: 'mnist', label: `MNIST, 60,000 (${formatBytes(MNIST_BYTES)})` },
            ...(own ? [{ value: 'files' as const, label: own }] : []),
          ]}
          onChange={(source) => (source === 'mnist' ? void files.useMnist() : onChange({ source }))}
        />
        <Marked by="augment">
          <Toggle
            label="Deform every digit anew in each step"
            checked={config.augment}
            onChange={(augment) => onChange({ augment })}
          />
        </Marked>
        {loaded !== null && (
          <div class="data-progress">
            <progress max={MNIST_BYTES} value={loaded} aria-label="Download of MNIST" />
            <span>
              {formatBytes(loaded)} of {formatBytes(MNIST_BYTES)}
            </span>
            <Button label="Stop the download" onPress={files.stop}>
              Stop
            </Button>
          </div>
        )}
        <div class="data-buttons">
          <FileButton label="Own IDX files…" accept=".gz,.idx,*" multiple onFiles={files.open} />
          {kept.value && (
            <Button
              label="Delete the kept MNIST"
              variant="quiet"
              onPress={() => void deleteMnist().then(() => (kept.value = false))}
            >
              Delete kept MNIST
            </Button>
          )}
        </div>
      </div>
    </section>
  );
}

export function TableData({ config, onChange, files }: DataProps): JSX.Element {
  const own = files.table.value;
  if (!own) {
    return (
      <section class="lab-section data">
        <h2>Data</h2>
        <FileButton label="Choose a CSV file…" accept=".csv,.tsv,.txt,.gz" onFiles={files.open} />
      </section>
    );
  }
  const { table, name } = own;
  const target = targetOf(own, config);
  const chosen = columnsOf(own, config);
  const toggle = (index: number): void => {
    const next = chosen.includes(index) ? chosen.filter((each) => each !== index) : [...chosen, index];
    if (next.length > 0) onChange({ columns: next.toSorted((a, b) => a - b) });
  };
  return (
    <section class="lab-section data">
      <h2>Data</h2>
      <div class="fields">
        <p class="field-note">
          {name}: {formatCount(table.length)} rows, {formatCount(table.columns.length)} columns. Numbers are
          standardised; rows that miss a value are left out.
        </p>
        <Select
          label="Predict"
          value={String(target)}
          options={table.columns.flatMap(({ name, kind }, index) =>
            kind === 'text' ? [] : [{ value: String(index), label: name }],
          )}
          onChange={(index) => onChange({ target: Number(index), columns: [] })}
        />
        <fieldset class="data-columns">
          <legend>From</legend>
          {table.columns.slice(0, RANGES.columns.maxLength).map(({ name, kind }, index) => (
            <label key={name} data-kind={kind}>
              <input
                type="checkbox"
                checked={chosen.includes(index)}
                disabled={kind === 'text' || index === target}
                onChange={() => toggle(index)}
              />
              {name}
            </label>
          ))}
        </fieldset>
        <Slider
          label="Share to test on"
          value={config.testShare}
          {...RANGES.testShare}
          step={0.05}
          onChange={(testShare) => onChange({ testShare })}
        />
        <FileButton label="Another CSV file…" accept=".csv,.tsv,.txt,.gz" onFiles={files.open} />
      </div>
    </section>
  );
}
