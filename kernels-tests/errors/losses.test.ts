import { describeMistakes } from './describe-mistakes.ts';
import { mistakes } from './losses.page.ts';

describeMistakes('losses', mistakes);
