/**
 * The pictures in the middle of the lab, one a tab. A picture is added by adding a row: it says for which configurations
 * it is there, and is drawn only while its tab is chosen.
 */
import type { FunctionComponent, JSX } from 'preact';
import { LayersView } from '../shared/layers-view.tsx';
import type { RunStore } from '../shared/run-store.ts';
import { Tabs } from '../shared/tabs.tsx';
import type { Task } from '../shared/task.ts';
import { AnswersView } from './answers-view.tsx';
import type { MlpConfig } from './config.ts';
import { ConfusionView } from './confusion-view.tsx';
import { DrawView } from './draw-view.tsx';
import { layerNames } from './layer-names.ts';
import { MistakesView } from './mistakes-view.tsx';
import { NeuronsView } from './neurons-view.tsx';
import { PlaneView } from './plane-view.tsx';
import { isMlpTask } from './recipe.ts';
import { RowsView } from './rows-view.tsx';

export interface ViewProps {
  readonly run: RunStore;
  readonly config: MlpConfig;
  readonly change: (patch: Partial<MlpConfig>) => void;
}

export interface View {
  /** In the page's address. */
  readonly name: string;
  readonly label: string;
  readonly fits: (config: MlpConfig, task: Task | null) => boolean;
  readonly Picture: FunctionComponent<ViewProps>;
}

const MOST_HUES = 4;
const onPlane: View['fits'] = ({ mode }, task) => {
  const drawable = task && isMlpTask(task) && task.axes && task.classes <= MOST_HUES;
  return mode === 'plane' || (mode === 'table' && Boolean(drawable));
};
const onDigits = ({ mode }: MlpConfig): boolean => mode === 'digits';

function MlpLayers({ run }: ViewProps): JSX.Element {
  return <LayersView run={run} namesOf={(task) => (isMlpTask(task) ? layerNames(task) : null)} />;
}

/** The first that fits is the one that a newcomer sees. */
export const VIEWS: readonly View[] = [
  { name: 'plane', label: 'Boundary', fits: onPlane, Picture: PlaneView },
  { name: 'neurons', label: 'Neurons', fits: onPlane, Picture: NeuronsView },
  { name: 'rows', label: 'Rows, answered', fits: ({ mode }) => mode === 'table', Picture: RowsView },
  { name: 'answers', label: 'Answers', fits: onDigits, Picture: AnswersView },
  { name: 'draw', label: 'Draw a digit', fits: onDigits, Picture: DrawView },
  { name: 'confusion', label: 'Confusion', fits: onDigits, Picture: ConfusionView },
  { name: 'mistakes', label: 'Mistakes', fits: onDigits, Picture: MistakesView },
  { name: 'layers', label: 'Layers', fits: () => true, Picture: MlpLayers },
];

export function Views(props: ViewProps): JSX.Element | null {
  const views = VIEWS.filter(({ fits }) => fits(props.config, props.run.task.value));
  const shown = views.find(({ name }) => name === props.config.view) ?? views[0];
  if (!shown) return null;
  const picture = <shown.Picture key={shown.name} {...props} />;
  if (views.length < 2) return picture;
  return (
    <Tabs
      label="Pictures"
      value={shown.name}
      options={views.map(({ name, label }) => ({ value: name, label }))}
      onChange={(view) => props.change({ view })}
    >
      {picture}
    </Tabs>
  );
}
