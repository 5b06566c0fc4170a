/** The help of every lab: its keys, and how to share a configuration. */
import { useSignalEffect, type Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { Button } from './controls.tsx';
import type { Shortcut } from './keyboard.ts';
import './help.css';

export function HelpDialog({
  open,
  shortcuts,
}: {
  open: Signal<boolean>;
  shortcuts: readonly Shortcut[];
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useSignalEffect(() => {
    if (open.value) dialog.current?.showModal();
    else dialog.current?.close();
  });
  const close = (): void => {
    open.value = false;
  };
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={close}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <div class="help-body">
        <h2 id="help-title">Keys</h2>
        <dl>
          {shortcuts.map(({ label, does }) => (
            <div key={label}>
              <dt>
                <kbd>{label}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <p>
          Every setting is in the page's address: a reload restores it, and a link shares it. Settings marked live act
          on the running training; any other change starts it anew.
        </p>
        <Button label="Close" onPress={close}>
          Close
        </Button>
      </div>
    </dialog>
  );
}
