/** The digits: test examples with the network's answers, a confusion matrix, and what the first layer has learned. */
import { signal, useSignalEffect, type ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { formatCount, formatPercent } from '../shared/format.ts';
import { createProbe } from '../shared/probe.ts';
import type { RunStore } from '../shared/run-store.ts';
import { theme, tokenRgb } from '../shared/theme.ts';
import { PIXELS, confusion, lookAtDigits, readGallery, type Gallery } from './digits-probe.ts';
import { isMlpTask } from './recipe.ts';

const SIDE = 28;
const CLASSES = Array.from({ length: 10 }, (_, digit) => digit);

export function DigitsStage({ run }: { run: RunStore }): JSX.Element {
  const gallery = useGallery(run);
  const probe = useMemo(
    () => createProbe(run, 300, (task) => (isMlpTask(task) && task.features === PIXELS ? lookAtDigits(task) : null)),
    [run],
  );
  useEffect(() => probe.stop, [probe]);
  const look = probe.result.value;
  const shown = gallery.value;
  if (!shown) return <p class="digits-empty">Drawing the digits…</p>;

  const count = shown.images.length / PIXELS;
  const right = look ? countRight(shown.labels.subarray(0, count), look.answers) : null;
  return (
    <div class="digits">
      <section>
        <header class="digits-head">
          <h2>Test digits, answered</h2>
          <p class="muted">{right === null ? '' : `${right} of ${count} right`}</p>
        </header>
        <ul class="gallery">
          {Array.from({ length: count }, (_, i) => (
            <Tile
              key={i}
              image={shown.images.subarray(i * PIXELS, (i + 1) * PIXELS)}
              label={shown.labels[i] ?? 0}
              answer={look?.answers[i]}
            />
          ))}
        </ul>
      </section>
      <div class="digits-lower">
        <section>
          <header class="digits-head">
            <h2>Confusion</h2>
            <p class="muted">{formatCount(shown.labels.length)} test digits</p>
          </header>
          <Confusion labels={shown.labels} answers={look?.answers ?? null} />
        </section>
        <section>
          <header class="digits-head">
            <h2>First-layer weights</h2>
          </header>
          <Weights weights={look?.weights ?? null} />
        </section>
      </div>
    </div>
  );
}

function countRight(labels: Int32Array, answers: Int32Array): number {
  return labels.filter((label, i) => answers[i] === label).length;
}

function Tile({
  image,
  label,
  answer,
}: {
  image: Float32Array;
  label: number;
  answer: number | undefined;
}): JSX.Element {
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

function Confusion({ labels, answers }: { labels: Int32Array; answers: Int32Array | null }): JSX.Element {
  const counts = answers ? confusion(labels, answers) : null;
  const totals = CLASSES.map((actual) => labels.filter((label) => label === actual).length);
  return (
    <div class="confusion">
      <span class="confusion-top">answered</span>
      <span class="confusion-left">actual</span>
      <table>
        <caption class="visually-hidden">How many test digits of each actual class got each answer</caption>
        <thead>
          <tr>
            <td />
            {CLASSES.map((digit) => (
              <th key={digit} scope="col">
                {digit}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {CLASSES.map((actual) => (
            <tr key={actual}>
              <th scope="row">{actual}</th>
              {CLASSES.map((answer) => {
                const count = counts?.[actual * 10 + answer] ?? 0;
                const share = count / Math.max(1, totals[actual] ?? 0);
                return (
                  <td
                    key={answer}
                    data-kind={count === 0 ? 'none' : actual === answer ? 'right' : 'wrong'}
                    style={{ '--share': `${Math.round(100 * (actual === answer ? share : Math.min(1, share * 4)))}%` }}
                    title={`${count} of ${totals[actual]} (${formatPercent(share)}) were ${actual} and answered ${answer}`}
                  >
                    {count > 0 ? count : ''}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Weights({ weights }: { weights: Float32Array | null }): JSX.Element {
  const count = weights ? weights.length / PIXELS : 0;
  return (
    <>
      <ul class="weights">
        {Array.from({ length: count }, (_, unit) => (
          <li key={unit}>
            <Picture
              values={(weights as Float32Array).subarray(unit * PIXELS, (unit + 1) * PIXELS)}
              tone="signed"
              label={`Weights of unit ${unit + 1}`}
            />
          </li>
        ))}
      </ul>
      <p class="field-note">
        <span class="weights-key" data-sign="negative" /> negative <span class="weights-key" data-sign="positive" />{' '}
        positive; one picture a unit
      </p>
    </>
  );
}

/** 28 x 28 values as a picture: ink on paper, or two hues for the two signs, scaled to the largest of them. */
function Picture({
  values,
  tone,
  label,
}: {
  values: Float32Array;
  tone: 'ink' | 'signed';
  label: string;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = theme.value;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context) context.putImageData(tint(values, tone), 0, 0);
  }, [values, tone, scheme]);
  return <canvas ref={canvas} width={SIDE} height={SIDE} role="img" aria-label={label} />;
}

function tint(values: Float32Array, tone: 'ink' | 'signed'): ImageData {
  const paper = tokenRgb('--surface');
  const positive = tokenRgb(tone === 'ink' ? '--text' : '--class-0');
  const negative = tokenRgb('--class-1');
  const largest = tone === 'ink' ? 1 : values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
  const image = new ImageData(SIDE, SIDE);
  values.forEach((value, i) => {
    const hue = value < 0 ? negative : positive;
    const strength = Math.min(1, Math.abs(value) / largest);
    for (let channel = 0; channel < 3; channel++) {
      const from = paper[channel] ?? 0;
      image.data[4 * i + channel] = from + strength * ((hue[channel] ?? 0) - from);
    }
    image.data[4 * i + 3] = 255;
  });
  return image;
}

function useGallery(run: RunStore): ReadonlySignal<Gallery | null> {
  const gallery = useMemo(() => signal<Gallery | null>(null), []);
  useSignalEffect(() => {
    const task = run.task.value;
    if (!task || !isMlpTask(task) || task.features !== PIXELS) return;
    void readGallery(task).then(
      (read) => {
        if (run.task.peek() === task) gallery.value = read;
      },
      (error: unknown) => run.fail(error),
    );
  });
  return gallery;
}
