/** The page of the RNN lab: draws it at once, and starts the engine meanwhile. */
import { render } from 'preact';
import { Lab } from './lab.tsx';
import { createRnnStore } from './store.ts';

const root = document.getElementById('lab');
if (!root) throw new Error('lab: the page has no #lab element to draw into.');
root.replaceChildren();
render(<Lab store={createRnnStore()} />, root);
