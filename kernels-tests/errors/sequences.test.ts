import { describeMistakes } from './describe-mistakes.ts';
import { mistakes } from './sequences.page.ts';

describeMistakes('sequences', mistakes);
