/** The transfer page: draws it at once, and starts the engine meanwhile. */
import { render } from 'preact';
import { TransferLab } from './transfer-lab.tsx';
import { TransferStore } from './transfer-store.ts';

const root = document.getElementById('lab');
if (!root) throw new Error('transfer: the page has no #lab element to draw into.');
root.replaceChildren();
render(<TransferLab store={new TransferStore()} />, root);
