/** A control whose setting was just changed for a reason: marked, with the value that it had before. */
import { createContext, type ComponentChildren, type JSX } from 'preact';
import { useContext } from 'preact/hooks';

export interface Mark {
  /** The setting's name. */
  readonly key: string;
  /** What it was, as readers see it. */
  readonly from: string;
}

export const Marks = createContext<readonly Mark[]>([]);

export function Marked({ by, children }: { by: string; children: ComponentChildren }): JSX.Element {
  const mark = useContext(Marks).find(({ key }) => key === by);
  return (
    <div class={mark ? 'marked' : undefined} data-setting={by}>
      {children}
      {mark && <p class="field-note">On the rung before: {mark.from}</p>}
    </div>
  );
}
