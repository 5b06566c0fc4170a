/** The benchmark's page. The counters come first: they must be there before any engine asks for a device. */
import { render } from 'preact';
import { installCounters } from './counters.ts';
import { installGpuClock } from './gpu-clock.ts';
import { createBenchStore } from './page-store.ts';
import { BenchPage } from './page.tsx';

installCounters();
installGpuClock();
const root = document.getElementById('bench');
if (!root) throw new Error('bench: the page has no #bench element to draw into.');
root.replaceChildren();
render(<BenchPage store={createBenchStore()} />, root);
