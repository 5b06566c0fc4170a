import { describeMistakes } from './describe-mistakes.ts';
import { mistakes } from './optimizers.page.ts';

describeMistakes('optimizers', mistakes);
