/** The confusion matrix with each class's accuracy; the images of the chosen cell stand beside it. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { confusion, membersOf, percent, worstCell, type Cell } from '../shared/confusion.ts';
import { ConfusionTable } from '../shared/confusion-table.tsx';
import { formatCount } from '../shared/format.ts';
import { Photo } from './pictures.tsx';
import { imageOf, useAnswered, type Answered } from './use-images.ts';
import type { ViewProps } from './views.tsx';

const SHOWN = 18;

export function ConfusionView({ run, select, change }: ViewProps): JSX.Element {
  const answered = useAnswered(run);
  const chosen = useSignal<Cell | null>(null);
  if (!answered?.answers) return <p class="stage-empty">Waiting for the first answers…</p>;
  const { labels, answers, classNames } = answered;
  const width = classNames.length;
  const counts = confusion(labels, answers, width);
  const cell = chosen.value ?? worstCell(counts, width, { actual: 0, answer: 1 });
  return (
    <div class="confusion-view">
      <section>
        <header class="stage-head">
          <h2>Confusion</h2>
          <p class="muted">{formatCount(labels.length)} test images</p>
        </header>
        <ConfusionTable
          {...{ counts, cell }}
          names={classNames}
          things="images"
          onCell={(next) => (chosen.value = next)}
        />
        <p class="field-note">Choose a cell to see its images.</p>
      </section>
      <CellImages
        {...{ answered, cell }}
        onImage={(index) => {
          select(index);
          change({ view: 'looks' });
        }}
      />
    </div>
  );
}

function CellImages(props: { answered: Answered; cell: Cell; onImage: (index: number) => void }): JSX.Element {
  const { answered, cell } = props;
  const { labels, answers, classNames, side } = answered;
  const width = classNames.length;
  const images = answers ? membersOf(cell, labels, answers) : [];
  const [actual, answer] = [classNames[cell.actual], classNames[cell.answer]];
  const isRight = cell.actual === cell.answer;
  return (
    <section aria-live="polite">
      <header class="stage-head">
        <h2>{isRight ? `${actual}, answered right` : `${actual}, answered ${answer}`}</h2>
        <p class="muted">{images.length > SHOWN ? `${SHOWN} of ${images.length}, the surest first` : images.length}</p>
      </header>
      {images.length === 0 && <p class="stage-empty">No test image is in this cell.</p>}
      <ul class="photos">
        {images.slice(0, SHOWN).map((i) => {
          const chance = (of: number): string => percent(answers?.chances[i * width + of] ?? 0);
          const said = isRight ? chance(cell.answer) : `${chance(cell.answer)}, ${actual} at ${chance(cell.actual)}`;
          return (
            <li key={i} data-wrong={isRight ? undefined : ''}>
              <button type="button" title="Where does the network look?" onClick={() => props.onImage(i)}>
                <Photo pixels={imageOf(answered, i)} side={side} label={`A ${actual}, answered ${answer} at ${said}`} />
                <span>{chance(cell.answer)}</span>
                {!isRight && <small>{chance(cell.actual)}</small>}
              </button>
            </li>
          );
        })}
      </ul>
      {images.length > 0 && (
        <p class="field-note">
          {isRight
            ? `In green, how likely the network finds it that this is a ${actual}.`
            : `Underlined, how likely the network finds the wrong ${answer}; in green, the right ${actual}.`}
        </p>
      )}
    </section>
  );
}
