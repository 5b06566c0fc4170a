/** A control whose setting the rung in hand changed: marked, with the value that the rung before had. */
import { createContext, type ComponentChildren, type JSX } from 'preact';
import { useContext } from 'preact/hooks';
import type { MlpConfig } from './config.ts';
import type { Change } from './ladder.ts';

export const Marks = createContext<readonly Change[]>([]);

export function Marked({ by, children }: { by: keyof MlpConfig; children: ComponentChildren }): JSX.Element {
  const change = useContext(Marks).find(({ key }) => key === by);
  return (
    <div class={change ? 'marked' : undefined} data-setting={by}>
      {children}
      {change && <p class="field-note">On the rung before: {change.from}</p>}
    </div>
  );
}
