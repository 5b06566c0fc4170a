/** The confusion matrix with each class's accuracy; the images of the chosen cell stand beside it. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { formatCount } from '../shared/format.ts';
import { percent, Photo } from './pictures.tsx';
import { imageOf, useAnswered, type Answered } from './use-images.ts';
import type { ViewProps } from './views.tsx';

interface Cell {
  readonly actual: number;
  readonly answer: number;
}

const SHOWN = 18;

export function ConfusionView({ run, select, change }: ViewProps): JSX.Element {
  const answered = useAnswered(run);
  const chosen = useSignal<Cell | null>(null);
  if (!answered?.answers) return <p class="digits-empty">Waiting for the first answers…</p>;
  const { labels, answers, classNames } = answered;
  const width = classNames.length;
  const counts = new Int32Array(width * width);
  labels.forEach((label, i) => {
    const cell = label * width + (answers.classes[i] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  });
  const cell = chosen.value ?? worst(counts, width);
  return (
    <div class="confusion-view">
      <section>
        <header class="digits-head">
          <h2>Confusion</h2>
          <p class="muted">{formatCount(labels.length)} test images</p>
        </header>
        <table class="cnn-confusion">
          <caption class="visually-hidden">How many test images of each actual class got each answer</caption>
          <thead>
            <tr>
              <th scope="col">actual \ answered</th>
              {classNames.map((name) => (
                <th key={name} scope="col">
                  <span>{name}</span>
                </th>
              ))}
              <th scope="col">
                <span>right</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {classNames.map((name, actual) => {
              const total = classNames.reduce((sum, _, answer) => sum + (counts[actual * width + answer] ?? 0), 0);
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {classNames.map((other, answer) => {
                    const count = counts[actual * width + answer] ?? 0;
                    const share = count / Math.max(1, total);
                    const strength = actual === answer ? share : Math.min(1, share * 4);
                    return (
                      <td
                        key={other}
                        data-kind={count === 0 ? 'none' : actual === answer ? 'right' : 'wrong'}
                        style={{ '--share': `${Math.round(100 * strength)}%` }}
                      >
                        <button
                          type="button"
                          aria-pressed={actual === cell.actual && answer === cell.answer}
                          aria-label={`${count} of ${total}: ${name}, answered ${other}`}
                          onClick={() => (chosen.value = { actual, answer })}
                        >
                          {count > 0 ? count : ''}
                        </button>
                      </td>
                    );
                  })}
                  <td class="cnn-right">
                    {total > 0 ? percent((counts[actual * width + actual] ?? 0) / total).replace(' ', '') : '–'}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
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

/** The most frequent confusion. */
function worst(counts: Int32Array, width: number): Cell {
  let place = 1;
  counts.forEach((count, cell) => {
    if (cell % (width + 1) !== 0 && count > (counts[place] ?? 0)) place = cell;
  });
  return { actual: Math.floor(place / width), answer: place % width };
}

function CellImages(props: { answered: Answered; cell: Cell; onImage: (index: number) => void }): JSX.Element {
  const { answered, cell } = props;
  const { labels, answers, classNames, side } = answered;
  const width = classNames.length;
  const chance = (i: number): number => answers?.chances[i * width + cell.answer] ?? 0;
  const images = [...labels.keys()]
    .filter((i) => labels[i] === cell.actual && answers?.classes[i] === cell.answer)
    .sort((a, b) => chance(b) - chance(a));
  const [actual, answer] = [classNames[cell.actual], classNames[cell.answer]];
  return (
    <section aria-live="polite">
      <header class="digits-head">
        <h2>{cell.actual === cell.answer ? `${actual}, answered right` : `${actual}, answered ${answer}`}</h2>
        <p class="muted">{images.length > SHOWN ? `${SHOWN} of ${images.length}, the surest first` : images.length}</p>
      </header>
      {images.length === 0 && <p class="digits-empty">No test image is in this cell.</p>}
      <ul class="photos">
        {images.slice(0, SHOWN).map((i) => (
          <li key={i}>
            <button type="button" title="Where does the network look?" onClick={() => props.onImage(i)}>
              <Photo pixels={imageOf(answered, i)} side={side} label={`A ${actual}, answered ${answer}`} />
              <span>{percent(chance(i))}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
