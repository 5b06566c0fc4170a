/** What can be taken away from the lab, and a model that can be brought back. */
import type { ComponentChildren, JSX } from 'preact';
import { Button } from './controls.tsx';
import { curvesToCsv, type CurvesPart } from './curves-csv.ts';
import { saveFile } from './save-file.ts';
import { FileButton } from './file-button.tsx';
import type { RunStore } from './run-store.ts';

const curvesOf = (run: RunStore): readonly CurvesPart[] => [
  { title: 'loss', curves: run.loss.value },
  { title: 'accuracy', curves: run.accuracy.value },
];

export function SavePanel(props: {
  run: RunStore;
  /** What the page's charts show, where that is not the run's loss and accuracy. */
  curves?: () => readonly CurvesPart[];
  saveModel: () => Promise<void>;
  onFiles: (files: readonly File[]) => void;
  /** More that a lab can save. */
  children?: ComponentChildren;
}): JSX.Element {
  const { run } = props;
  const none = run.task.value === null;
  const saveCurves = (): void => {
    const parts = [
      ...(props.curves?.() ?? curvesOf(run)),
      { title: 'gradient norm', curves: run.gradients.value },
      { title: 'update/weight', curves: run.updates.value },
    ];
    saveFile('curves.csv', curvesToCsv(parts), 'text/csv');
  };
  return (
    <section class="lab-section">
      <h2>Save and load</h2>
      <div class="save-buttons">
        <Button label="Curves (CSV)" icon="save" disabled={none} onPress={saveCurves}>
          Curves (CSV)
        </Button>
        <Button label="Model (safetensors)" icon="save" disabled={none} onPress={() => void props.saveModel()}>
          Model
        </Button>
        {props.children}
        <FileButton label="Load a model…" accept=".safetensors" onFiles={props.onFiles} />
      </div>
      <p class="field-note">
        The model is a safetensors file with PyTorch’s names and layouts, and the lab’s settings in it. Files can also
        be dropped on the page.
      </p>
    </section>
  );
}
