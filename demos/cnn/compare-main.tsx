/** The compare page: draws it at once, and starts the engine meanwhile. */
import { render } from 'preact';
import { CompareLab } from './compare-lab.tsx';
import { createCompareStore } from './compare-store.ts';

const root = document.getElementById('lab');
if (!root) throw new Error('compare: the page has no #lab element to draw into.');
root.replaceChildren();
render(<CompareLab store={createCompareStore()} />, root);
