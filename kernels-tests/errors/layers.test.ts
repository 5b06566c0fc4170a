import { describeMistakes } from './describe-mistakes.ts';
import { mistakes } from './layers.page.ts';

describeMistakes('layers', mistakes);
