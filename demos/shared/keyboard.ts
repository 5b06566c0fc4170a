/**
 * The keys every lab answers to. A key that the focused control wants for itself (typing, moving a slider, pressing a
 * button with space) is left to that control. Knows no particular lab.
 */
export interface Shortcut {
  readonly keys: readonly string[];
  /** How the key is named in the help. */
  readonly label: string;
  readonly does: string;
  readonly run: () => void;
}

/** Listens until the returned function is called. */
export function listenToKeys(shortcuts: readonly Shortcut[]): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector('dialog[open]') || wantsKey(event.target, event.key)) return;
    const shortcut = shortcuts.find(({ keys }) =>
      keys.includes(event.key.length === 1 ? event.key.toLowerCase() : event.key),
    );
    if (!shortcut || (event.repeat && event.key === ' ')) return;
    event.preventDefault();
    shortcut.run();
  };
  addEventListener('keydown', onKey);
  return () => removeEventListener('keydown', onKey);
}

function wantsKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches('textarea, select')) return true;
  if (target instanceof HTMLInputElement) {
    const typed = !['range', 'radio', 'checkbox', 'button'].includes(target.type);
    return typed || key === ' ' || key.startsWith('Arrow');
  }
  return key === ' ' && target.matches('button, a, summary');
}
