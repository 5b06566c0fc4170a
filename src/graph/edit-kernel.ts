/**
 * editKernel: another text in place of a kernel's, to try what it does.
 */
import { engine } from './engine.ts';
import type { ProfiledDispatch } from './profile.ts';

/**
 * Compiles `wgsl` wherever the text of a profiled dispatch was compiled, from the next step on; null takes that text
 * again. Entry point and bindings must stay. Nothing checks what it computes, and one that does not compile makes the
 * next read throw, with the line.
 */
export function editKernel({ compiled }: Pick<ProfiledDispatch, 'compiled'>, wgsl: string | null): void {
  const { gpu, plans } = engine();
  if (wgsl === null) gpu.pipelines.edits.delete(compiled);
  else gpu.pipelines.edits.set(compiled, wgsl);
  plans.clear();
}
