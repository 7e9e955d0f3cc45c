/** The training of a ranker in a thread of its own. */
import { answer } from '../../threads/answer.ts';
import { trainRanker } from './train.ts';

answer(trainRanker);
