import { describeMistakes } from './describe-mistakes.ts';
import { mistakes } from './images.page.ts';

describeMistakes('images', mistakes);
