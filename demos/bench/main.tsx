/** The benchmark's page. The counters come first: they must be there before any engine asks for a device. */
import { render } from 'preact';
import { installCounters } from './counters.ts';
import { installGpuClock } from './gpu-clock.ts';
import { createBenchStore } from './page-store.ts';
import { BenchPage } from './page.tsx';
import { createProfileStore } from './profile/profile-store.ts';
import { createSizesStore } from './sizes/sizes-store.ts';
import { createVariantsStore } from './variants/variants-store.ts';

installCounters();
installGpuClock();
const root = document.getElementById('bench');
if (!root) throw new Error('bench: the page has no #bench element to draw into.');
root.replaceChildren();
const store = createBenchStore();
const { job } = store;
render(
  <BenchPage
    store={store}
    profile={createProfileStore(job)}
    variants={createVariantsStore(job)}
    sizes={createSizesStore(job)}
  />,
  root,
);
