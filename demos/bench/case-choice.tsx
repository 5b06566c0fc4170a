/** Which case, and the button that does something with it. */
import type { Signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { Button, Select } from '../shared/controls.tsx';
import type { Job } from './job.ts';
import { PROFILED } from './profile/profile-store.ts';

export function CaseChoice(props: {
  store: { readonly job: Job; readonly case: Signal<string>; run(): Promise<void> };
  action: string;
  label: string;
  children: ComponentChildren;
}): JSX.Element {
  const { store, action, label, children } = props;
  return (
    <div class="case-choice">
      <Select
        label="Step or kernel"
        value={store.case.value}
        options={PROFILED.map(({ name, title }) => ({ value: name, label: title }))}
        onChange={(name) => (store.case.value = name)}
      />
      <Button
        label={label}
        variant="primary"
        icon="play"
        disabled={store.job.progress.value !== null}
        onPress={() => void store.run()}
      >
        {action}
      </Button>
      {children}
    </div>
  );
}
