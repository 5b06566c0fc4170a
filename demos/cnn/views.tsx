/** The pictures in the middle of the lab, one a tab. A picture is added by adding a row; it is drawn only while its tab is chosen. */
import type { FunctionComponent, JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { LayersView } from '../shared/layers-view.tsx';
import type { RunStore } from '../shared/run-store.ts';
import { Tabs } from '../shared/tabs.tsx';
import { AnswersView } from './answers-view.tsx';
import { ArchitectureView } from './architecture-view.tsx';
import { AugmentationView } from './augmentation-view.tsx';
import type { CnnConfig } from './config.ts';
import { ConfusionView } from './confusion-view.tsx';
import { layerNames, rectifiedIn } from './layer-names.ts';
import { LooksView } from './looks-view.tsx';
import { MapsView } from './maps-view.tsx';
import { NeighboursView } from './neighbours-view.tsx';
import type { CnnStore } from './store.ts';

export interface ViewProps {
  readonly run: RunStore;
  readonly config: CnnConfig;
  readonly change: (patch: Partial<CnnConfig>) => void;
  /** The test image that pictures of one image are about. */
  readonly selected: number;
  readonly select: (index: number) => void;
  /** A picture of one's own in its place. */
  readonly photo: Float32Array | null;
  readonly open: (files: readonly File[]) => void;
  readonly forget: () => void;
}

const VIEWS: readonly {
  readonly name: string;
  readonly label: string;
  readonly Picture: FunctionComponent<ViewProps>;
}[] = [
  { name: 'answers', label: 'Answers', Picture: AnswersView },
  { name: 'maps', label: 'Feature maps', Picture: MapsView },
  { name: 'looks', label: 'Where it looks', Picture: LooksView },
  { name: 'neighbours', label: 'Neighbours', Picture: NeighboursView },
  { name: 'augmentation', label: 'Augmentation', Picture: AugmentationView },
  { name: 'confusion', label: 'Confusion', Picture: ConfusionView },
  { name: 'architecture', label: 'Architecture', Picture: ArchitectureView },
  { name: 'layers', label: 'Layers', Picture: CnnLayers },
];

function CnnLayers({ run }: ViewProps): JSX.Element {
  return <LayersView run={run} namesOf={layerNames} rectified={({ model }) => rectifiedIn(model)} />;
}

export function Views({ store }: { store: CnnStore }): JSX.Element | null {
  const { run, change, open } = store;
  const config = store.config.value;
  const selected = useSignal(0);
  const shown = VIEWS.find(({ name }) => name === config.view) ?? VIEWS[0];
  if (!shown) return null;
  const select = (index: number): void => {
    selected.value = index;
    if (config.view === 'answers') change({ view: 'maps' });
  };
  const props = { run, config, change, open, select, selected: selected.value, photo: store.photo.value };
  return (
    <Tabs
      label="Pictures"
      value={shown.name}
      options={VIEWS.map(({ name, label }) => ({ value: name, label }))}
      onChange={(view) => change({ view })}
    >
      <shown.Picture key={shown.name} {...props} forget={store.forget} />
    </Tabs>
  );
}
