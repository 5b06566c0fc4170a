/**
 * Tells a screen reader how the run goes: at once when its state changes, and every fifteen seconds while it plays.
 * Silent otherwise, because ten updates a second cannot be listened to.
 */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { formatCount, formatLoss, formatPercent } from './format.ts';
import type { Running } from './run-store.ts';
import type { RunState } from './session-events.ts';

const EVERY_MS = 15_000;

const WORDS: { readonly [K in RunState]: string } = {
  loading: 'Preparing',
  paused: 'Paused',
  playing: 'Training',
  finished: 'Finished',
  diverged: 'Stopped, the loss is no number',
};

export function Announcer({ run }: { run: Running }): JSX.Element {
  const said = useSignal('');
  useSignalEffect(() => {
    said.value = sentence(run, run.state.value);
  });
  useEffect(() => {
    const timer = setInterval(() => {
      if (run.state.value === 'playing') said.value = sentence(run, 'playing');
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="visually-hidden" aria-live="polite" data-testid="summary">
      {said.value}
    </p>
  );
}

function sentence(run: Running, state: RunState): string {
  const { step, loss, test } = run.progress.peek();
  const numbers = [`step ${formatCount(step)}`];
  if (loss !== null) numbers.push(`loss ${formatLoss(loss)}`);
  if (test) numbers.push(`test accuracy ${formatPercent(test.accuracy)}`);
  return `${WORDS[state]}: ${numbers.join(', ')}.`;
}
