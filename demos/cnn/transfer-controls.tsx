/** The controls of the transfer page: images, pre-training, and what the two new classes are learnt from. */
import type { JSX } from 'preact';
import { Segmented, Select, Slider } from '../shared/controls.tsx';
import { formatSetting } from '../shared/format.ts';
import { Seed } from '../shared/training-section.tsx';
import { PACES, STEPS_PER_FRAME } from '../shared/training-settings.ts';
import { MODELS, RANGES } from './config.ts';
import { classNamesOf } from './images.ts';
import { ImagesSection } from './images-section.tsx';
import { MODEL_LABELS } from './settings.ts';
import { matchingTransfer, TRANSFER_PRESETS, TRANSFER_RANGES } from './transfer-config.ts';
import type { TransferStore } from './transfer-store.ts';

const PACE_LABELS = { slow: '1 a frame', quick: `${STEPS_PER_FRAME.quick} a frame`, full: 'Full speed' } as const;
const IMAGES = [1, 2, 5, 10, 20, 50, 100, 200];
const SHARES = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
const STEPS = [20, 50, 100, 200, 300, 500, 1000, 2000];

export function TransferControls({ store }: { store: TransferStore }): JSX.Element {
  const config = store.config.value;
  const { source, held } = config;
  const change = store.change.bind(store);
  const preset = matchingTransfer(config);
  const classes = classNamesOf(source).map((label, at) => ({ value: String(at), label }));
  /** The other one gives way where both would be the same. */
  const hold = (place: 0 | 1, name: string): void => {
    const chosen = Number(name);
    const other = held[1 - place] === chosen ? held[place] : held[1 - place]!;
    change({ held: place === 0 ? [chosen, other] : [other, chosen] });
  };
  return (
    <>
      <section class="lab-section">
        <Select
          label="Preset"
          value={preset?.name ?? ''}
          placeholder="Your own"
          options={TRANSFER_PRESETS.map(({ name, label }) => ({ value: name, label }))}
          note={preset?.note}
          onChange={(name) => change(TRANSFER_PRESETS.find((candidate) => candidate.name === name)?.config ?? {})}
        />
      </section>
      <ImagesSection config={config} onChange={change} onFiles={(files) => store.open(files)}>
        <Select label="First new class" value={String(held[0])} options={classes} onChange={(name) => hold(0, name)} />
        <Select label="Second new class" value={String(held[1])} options={classes} onChange={(name) => hold(1, name)} />
      </ImagesSection>
      <section class="lab-section">
        <h2>Pre-training</h2>
        <div class="fields">
          <Select
            label="Architecture"
            value={config.model}
            options={MODELS.map((value) => ({ value, label: MODEL_LABELS[value] }))}
            onChange={(model) => change({ model })}
          />
          <Slider
            label="Passes over the other classes"
            value={config.passes}
            min={0}
            max={20}
            typedMax={TRANSFER_RANGES.passes.max}
            onChange={(passes) => change({ passes })}
          />
        </div>
      </section>
      <section class="lab-section">
        <h2>The two new classes</h2>
        <div class="fields">
          <Slider
            label="Images of each"
            value={config.images}
            {...TRANSFER_RANGES.images}
            stops={IMAGES}
            onChange={(images) => change({ images })}
          />
          <Slider
            label="Learning rate"
            scale="log"
            value={config.lr}
            min={RANGES.lr.min}
            max={1}
            typedMax={RANGES.lr.max}
            format={formatSetting}
            onChange={(lr) => change({ lr })}
          />
          <Slider
            label="The slower body’s share of it"
            value={config.share}
            {...TRANSFER_RANGES.share}
            stops={SHARES}
            format={formatSetting}
            onChange={(share) => change({ share })}
          />
          <Slider
            label="Steps"
            tag="live"
            value={config.steps}
            {...TRANSFER_RANGES.steps}
            stops={STEPS}
            onChange={(steps) => change({ steps })}
          />
          <Segmented
            legend="Steps"
            value={config.pace}
            options={PACES.map((value) => ({ value, label: PACE_LABELS[value] }))}
            onChange={(pace) => change({ pace })}
          />
          <Seed seed={config.seed} range={RANGES.seed} onChange={(seed) => change({ seed })} />
        </div>
      </section>
    </>
  );
}
