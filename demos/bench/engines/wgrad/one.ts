/** This engine with one member of a race alone: what the race is held to. */
import type { Engine } from '../../engine.ts';
import wgrad from './engine.ts';

const engine: Engine = {
  ...wgrad,
  name: 'wgrad, one',
  prepareTraining: (work, data) => wgrad.prepareTraining({ ...work, members: 1 }, data),
};
export default engine;
