/** The pictures in the middle of the lab, one a tab: each says for which configurations it is there. */
import type { FunctionComponent, JSX } from 'preact';
import type { RunStore } from '../shared/run-store.ts';
import { Tabs } from '../shared/tabs.tsx';
import { AttentionView } from './attention-view.tsx';
import { isGiven, type RnnConfig } from './config.ts';
import { EncoderPrompt } from './encoder-section.tsx';
import type { Looks } from './looks.ts';
import { GatesView } from './gates-view.tsx';
import { MemoryView } from './memory-view.tsx';
import type { OwnPairStore } from './own-pair.ts';
import { PairsView } from './pairs-view.tsx';
import type { Run } from './runs.ts';
import type { RnnStore } from './store.ts';
import { WriterView } from './writer-view.tsx';

export interface ViewProps {
  readonly run: RunStore;
  readonly config: RnnConfig;
  readonly change: (patch: Partial<RnnConfig>) => void;
  readonly looks: Looks;
  readonly own: OwnPairStore;
  readonly runs: readonly Run[];
}

interface View {
  /** In the page's address. */
  readonly name: string;
  readonly label: string;
  readonly fits: (config: RnnConfig) => boolean;
  readonly Picture: FunctionComponent<ViewProps>;
}

/** The first that fits is the one that a newcomer sees. */
const VIEWS: readonly View[] = [
  { name: 'pairs', label: 'Pairs', fits: ({ task }) => task === 'pairs', Picture: PairsView },
  { name: 'attention', label: 'Attention', fits: ({ task }) => task === 'pairs', Picture: AttentionView },
  { name: 'writer', label: 'Writer', fits: ({ task }) => task === 'characters', Picture: WriterView },
  { name: 'memory', label: 'Memory', fits: ({ task }) => task === 'memory', Picture: MemoryView },
  { name: 'gates', label: 'Gates', fits: () => true, Picture: GatesView },
];

export function Views({ store }: { store: RnnStore }): JSX.Element | null {
  const { run, change, looks, own, encoders } = store;
  const runs = store.runs.value;
  const config = store.config.value;
  if (isGiven(config) && !encoders.encoder.value) return <EncoderPrompt encoders={encoders} onFiles={store.open} />;
  const views = VIEWS.filter(({ fits }) => fits(config));
  const shown = views.find(({ name }) => name === config.view) ?? views[0];
  if (!shown) return null;
  const picture = <shown.Picture key={shown.name} {...{ run, config, change, looks, own, runs }} />;
  if (views.length < 2) return picture;
  return (
    <Tabs
      label="Pictures"
      value={shown.name}
      options={views.map(({ name, label }) => ({ value: name, label }))}
      onChange={(view) => change({ view })}
    >
      {picture}
    </Tabs>
  );
}
