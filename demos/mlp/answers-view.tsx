/** Some test digits with the network's answers, and the weights of its first layer. */
import type { JSX } from 'preact';
import { PIXELS, readWeights } from './digits-probe.ts';
import { Picture } from './picture.tsx';
import { useAnswered, useDigitsProbe } from './use-digits.ts';
import type { ViewProps } from './views.tsx';

const SHOWN = 40;
const UNITS = 24;

export function AnswersView({ run }: ViewProps): JSX.Element {
  const answered = useAnswered(run);
  const weights = useDigitsProbe(run, 300, (task) => readWeights(task, UNITS)).result.value;
  if (!answered) return <p class="stage-empty">Drawing the digits…</p>;
  const { images, labels, answers } = answered;
  const count = Math.min(SHOWN, labels.length);
  const right = answers && labels.subarray(0, count).filter((label, i) => answers.classes[i] === label).length;
  return (
    <div class="stage">
      <section>
        <header class="stage-head">
          <h2>Test digits, answered</h2>
          <p class="muted">{right === null ? '' : `${right} of ${count} right`}</p>
        </header>
        <ul class="gallery">
          {Array.from({ length: count }, (_, i) => (
            <Tile
              key={i}
              image={images.subarray(i * PIXELS, (i + 1) * PIXELS)}
              label={labels[i] ?? 0}
              answer={answers?.classes[i]}
            />
          ))}
        </ul>
      </section>
      <section>
        <header class="stage-head">
          <h2>First-layer weights</h2>
          <p class="muted">
            <span class="weights-key" data-sign="negative" /> negative <span class="weights-key" data-sign="positive" />{' '}
            positive; one picture a unit
          </p>
        </header>
        <ul class="weights">
          {Array.from({ length: (weights?.length ?? 0) / PIXELS }, (_, unit) => (
            <li key={unit}>
              <Picture
                values={(weights as Float32Array).subarray(unit * PIXELS, (unit + 1) * PIXELS)}
                tone="signed"
                label={`Weights of unit ${unit + 1}`}
              />
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Tile(props: { image: Float32Array; label: number; answer: number | undefined }): JSX.Element {
  const { image, label, answer } = props;
  const wrong = answer !== undefined && answer !== label;
  const said =
    answer === undefined ? 'no answer yet' : wrong ? `answered ${answer}, wrong` : `answered ${answer}, right`;
  return (
    <li class="tile" data-wrong={wrong ? '' : undefined}>
      <Picture values={image} tone="ink" label={`A ${label}: ${said}`} />
      <span aria-hidden="true">{answer ?? '·'}</span>
    </li>
  );
}
