/** The page of the RNN lab: draws it at once, and starts the engine meanwhile. */
import { render } from 'preact';
import { encode } from '../shared/address.ts';
import { DEFAULTS, schema } from './config.ts';
import { firstOf } from './lab-presets.ts';
import { Lab } from './lab.tsx';
import { createRnnStore } from './store.ts';

const root = document.getElementById('lab');
if (!root) throw new Error('lab: the page has no #lab element to draw into.');
// An address without settings opens the first preset.
if (location.hash.length < 2)
  history.replaceState(null, '', `#${encode(schema, { ...DEFAULTS, ...firstOf(DEFAULTS.task) })}`);
root.replaceChildren();
render(<Lab store={createRnnStore()} />, root);
