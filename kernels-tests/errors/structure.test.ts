import { describeMistakes } from './describe-mistakes.ts';
import { mistakes } from './structure.page.ts';

describeMistakes('structure', mistakes);
