/** A pair of one's own: typed, answered, and answered again without the words that are struck out. */
import { useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useId, useMemo } from 'preact/hooks';
import { Button } from '../shared/controls.tsx';
import { percent } from '../shared/confusion.ts';
import { createProbe } from '../shared/probe.ts';
import { placeKey, type OwnPairStore } from './own-pair.ts';
import { isPairsTask, readPair, type PairLook, type PairsTask } from './pairs-probe.ts';
import type { ViewProps } from './views.tsx';
import './pair-editor.css';

export function PairEditor({ run, own, task }: ViewProps & { task: PairsTask }): JSX.Element {
  const probe = useMemo(
    () =>
      createProbe(run, 400, async (task) => {
        const asked = own.pair.peek();
        if (!asked || !isPairsTask(task)) return null;
        const words = [task.data.cut(asked.first), task.data.cut(asked.second)] as const;
        return readPair(task, words, (place) => asked.struck.has(placeKey(place)));
      }),
    [run],
  );
  useEffect(() => probe.stop, [probe]);
  useSignalEffect(() => {
    void own.pair.value;
    probe.again();
  });
  const pair = own.pair.value;
  const look = probe.result.value;
  const { cut } = task.data;
  const words = useMemo(
    () => [cut(pair?.first ?? ''), cut(pair?.second ?? '')] as const,
    [cut, pair?.first, pair?.second],
  );
  return (
    <section class="pair">
      <PairFields own={own} task={task} title="A pair of your own" />
      <Answer
        look={look}
        typed={Boolean(pair?.first.trim() && pair.second.trim())}
        label={pair?.label ?? null}
        struck={pair?.struck.size ?? 0}
        onRestore={own.restore}
      />
      {pair &&
        ([0, 1] as const).map((sentence) => (
          <Words
            key={sentence}
            label={sentence === 0 ? 'Words of sentence A' : 'Words of sentence B'}
            words={words[sentence]}
            isStruck={(at) => pair.struck.has(placeKey({ sentence, at }))}
            isKnown={(word) => word !== '[UNK]' && task.data.vocabulary.has(word)}
            now={look?.now ?? null}
            turned={fits(look, sentence, words[sentence])}
            onTurn={(at) => own.turn({ sentence, at })}
          />
        ))}
      <p class="field-note">
        Press a word to strike it out. A word is coloured by what its loss would do: blue ones speak for the same, red
        ones against it.
      </p>
    </section>
  );
}

/** Two sentences to type, the first test pair to begin with. */
export function PairFields(props: { own: OwnPairStore; task: PairsTask; title: string }): JSX.Element | null {
  const { own, task } = props;
  const { first, second, labels } = task.data.test;
  const show = (at: number): void => own.set(first[at] ?? '', second[at] ?? '', labels[at]);
  const pair = own.pair.value;
  useEffect(() => {
    if (!own.pair.peek()) show(0);
  }, [task, pair === null]);
  if (!pair) return null;
  return (
    <>
      <header class="stage-head">
        <h2>{props.title}</h2>
        <Button label="Another test pair" onPress={() => show(Math.floor(Math.random() * labels.length))}>
          Another test pair
        </Button>
      </header>
      <Sentence label="Sentence A" value={pair.first} onChange={(text) => own.set(text, pair.second)} />
      <Sentence label="Sentence B" value={pair.second} onChange={(text) => own.set(pair.first, text)} />
    </>
  );
}

/** What was looked at may be the pair before. */
function fits(look: PairLook | null, sentence: 0 | 1, words: readonly string[]): readonly number[] | null {
  return look && look.pair[sentence].join(' ') === words.join(' ') ? look.turned[sentence] : null;
}

function Sentence(props: { label: string; value: string; onChange: (text: string) => void }): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <textarea
        id={id}
        class="sentence"
        rows={2}
        maxLength={400}
        spellcheck={false}
        value={props.value}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
    </div>
  );
}

function Answer(props: {
  look: PairLook | null;
  /** Whether there is something to answer. */
  typed: boolean;
  label: number | null;
  struck: number;
  onRestore: () => void;
}): JSX.Element {
  const { look, typed, label, struck } = props;
  return (
    <div class="pair-answer" role="group" aria-label="Answer">
      <i
        aria-hidden="true"
        style={{ '--chance': look?.now ?? 0, '--whole': look?.whole ?? 0 }}
        data-moved={look && struck > 0 ? '' : undefined}
      />
      <p aria-live="polite">
        {look ? (
          <>
            <b data-testid="chance">{percent(look.now)}</b> that both say the same
            {struck > 0 && <span> ({percent(look.whole)} with all words)</span>}
          </>
        ) : (
          <span class="muted">{typed ? 'Waiting for the answer…' : 'Type two sentences.'}</span>
        )}
        {look && label !== null && struck === 0 && (
          <span class="muted">; truly {label ? 'the same' : 'not the same'}</span>
        )}
      </p>
      {struck > 0 && (
        <Button label="All words back" onPress={props.onRestore}>
          All words back
        </Button>
      )}
    </div>
  );
}

function Words(props: {
  label: string;
  words: readonly string[];
  isStruck: (at: number) => boolean;
  isKnown: (word: string) => boolean;
  now: number | null;
  turned: readonly number[] | null;
  onTurn: (at: number) => void;
}): JSX.Element {
  const { words, turned, now } = props;
  return (
    <ul class="words" aria-label={props.label}>
      {words.map((word, at) => {
        const struck = props.isStruck(at);
        // What the word itself does: the answer with it less the answer without it.
        const other = turned?.[at];
        const does = other === undefined || now === null ? 0 : struck ? other - now : now - other;
        const points = Math.round(100 * does);
        return (
          <li key={at}>
            <button
              type="button"
              aria-pressed={struck}
              data-kind={points > 0 ? 'for' : points < 0 ? 'against' : undefined}
              data-unknown={!props.isKnown(word) ? '' : undefined}
              style={{ '--share': `${Math.min(100, Math.abs(points) * 1.5)}%` }}
              title={
                struck
                  ? 'Put the word back'
                  : `Strike the word out: ${points > 0 ? '−' : '+'}${Math.abs(points)} points`
              }
              onClick={() => props.onTurn(at)}
            >
              {word}
              <small aria-hidden="true">{points === 0 ? '' : `${points > 0 ? '+' : '−'}${Math.abs(points)}`}</small>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
