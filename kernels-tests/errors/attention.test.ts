import { describeMistakes } from './describe-mistakes.ts';
import { mistakes } from './attention.page.ts';

describeMistakes('attention', mistakes);
