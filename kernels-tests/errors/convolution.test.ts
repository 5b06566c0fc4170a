import { describeMistakes } from './describe-mistakes.ts';
import { mistakes } from './convolution.page.ts';

describeMistakes('convolution', mistakes);
