/**
 * Light or dark: the system's wish until the reader chooses, then the reader's. Canvases that cannot use CSS subscribe
 * to `theme` and read the custom properties of theme.css again. Each page sets the attribute itself before first paint
 * (the inline script in its HTML), so that this module never causes a flash.
 */
import { effect, signal, type ReadonlySignal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const STORE = 'wgrad-theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const chosen = signal<Theme | null>(readChoice());
const preferred = signal<Theme>(system.matches ? 'dark' : 'light');
const current = signal<Theme>(chosen.value ?? preferred.value);

export const theme: ReadonlySignal<Theme> = current;

export function toggleTheme(): void {
  chosen.value = current.value === 'dark' ? 'light' : 'dark';
  try {
    localStorage.setItem(STORE, chosen.value);
  } catch {
    // Storage denied: the choice holds for this page.
  }
}

/** The value of a custom property of theme.css, for canvases. */
export function token(name: `--${string}`): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** A colour of theme.css, which writes every colour that pixels are mixed from as #rrggbb; a minifier makes #rgb of some. */
export function tokenRgb(name: `--${string}`): readonly [number, number, number] {
  const digits = token(name).slice(1);
  const value = Number.parseInt(digits.length === 3 ? digits.replace(/./g, '$&$&') : digits, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

system.addEventListener('change', () => {
  preferred.value = system.matches ? 'dark' : 'light';
});

effect(() => {
  const next = chosen.value ?? preferred.value;
  // The attribute first: whoever reacts to the signal reads the new properties.
  document.documentElement.dataset['theme'] = next;
  current.value = next;
});

function readChoice(): Theme | null {
  try {
    const stored = localStorage.getItem(STORE);
    return stored === 'light' || stored === 'dark' ? stored : null;
  } catch {
    return null;
  }
}
