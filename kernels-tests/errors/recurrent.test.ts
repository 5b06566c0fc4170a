import { describeMistakes } from './describe-mistakes.ts';
import { mistakes } from './recurrent.page.ts';

describeMistakes('recurrent', mistakes);
