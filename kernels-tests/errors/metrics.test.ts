import { describeMistakes } from './describe-mistakes.ts';
import { mistakes } from './metrics.page.ts';

describeMistakes('metrics', mistakes);
