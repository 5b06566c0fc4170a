/** Some test images with the network's answers, and the filters of its first convolution. */
import type { JSX } from 'preact';
import { readFilters } from './probe.ts';
import { FilterPicture, Photo } from './pictures.tsx';
import { imageOf, useAnswered, useImagesProbe } from './use-images.ts';
import type { ViewProps } from './views.tsx';

const SHOWN = 32;

export function AnswersView({ run, select }: ViewProps): JSX.Element {
  const answered = useAnswered(run);
  const filters = useImagesProbe(run, 500, readFilters).result.value;
  if (!answered) return <p class="stage-empty">Drawing the images…</p>;
  const { labels, answers, classNames, side } = answered;
  const count = Math.min(SHOWN, labels.length);
  const right = answers && labels.subarray(0, count).filter((label, i) => answers.classes[i] === label).length;
  return (
    <div class="stage">
      <section>
        <header class="stage-head">
          <h2>Test images, answered</h2>
          <p class="muted">{right === null ? '' : `${right} of ${count} right`}</p>
        </header>
        <ul class="photos">
          {Array.from({ length: count }, (_, i) => {
            const label = labels[i] ?? 0;
            const answer = answers?.classes[i];
            const said = answer === undefined ? '…' : (classNames[answer] ?? '');
            const wrong = answer !== undefined && answer !== label;
            return (
              <li key={i} data-wrong={wrong ? '' : undefined}>
                <button
                  type="button"
                  onClick={() => select(i)}
                  title={`A ${classNames[label]}: what the network sees in it`}
                >
                  <Photo pixels={imageOf(answered, i)} side={side} label={`A ${classNames[label]}, answered ${said}`} />
                  <span>{said}</span>
                </button>
              </li>
            );
          })}
        </ul>
      </section>
      <section>
        <header class="stage-head">
          <h2>First filters</h2>
          <p class="muted">grey is 0; a colour is what the filter answers to</p>
        </header>
        {filters ? (
          <ul class="filters">
            {Array.from({ length: filters.shape[0] }, (_, index) => {
              const [, channels, rows, columns] = filters.shape;
              const size = channels * rows * columns;
              return (
                <li key={index}>
                  <FilterPicture
                    values={filters.values.subarray(index * size, (index + 1) * size)}
                    {...{ channels, rows, columns }}
                    label={`Filter ${index + 1}`}
                  />
                </li>
              );
            })}
          </ul>
        ) : (
          <p class="stage-empty">This network has no convolution, and so no filters.</p>
        )}
      </section>
    </div>
  );
}
