/** What a page of networks side by side says above its charts: what could not be had, and what went wrong. */
import type { ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { Button } from '../shared/controls.tsx';
import type { Problem } from '../shared/lab-store.ts';
import { Notice } from '../shared/problem.tsx';

export function ContestNotices({
  store,
}: {
  store: {
    readonly problem: ReadonlySignal<Problem | null>;
    readonly error: ReadonlySignal<Error | null>;
    dismiss(): void;
  };
}): JSX.Element | null {
  const problem = store.problem.value;
  const error = store.error.value;
  if (error) return <Notice title="Something went wrong">{error.message}</Notice>;
  if (!problem) return null;
  const close = (
    <Button label="Close" onPress={() => store.dismiss()}>
      Close
    </Button>
  );
  return (
    <Notice title={problem.title} action={close}>
      {problem.text}
    </Notice>
  );
}
