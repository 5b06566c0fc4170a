/** The race page: draws it at once, and starts the engine meanwhile. */
import { render } from 'preact';
import { RaceLab } from './race-lab.tsx';
import { RaceStore } from './race-store.ts';

const root = document.getElementById('lab');
if (!root) throw new Error('race: the page has no #lab element to draw into.');
root.replaceChildren();
render(<RaceLab store={new RaceStore()} />, root);
