/** The training of a ranker in a thread of its own. */
import { answer } from '../../concurrency/answer.ts';
import { trainRanker } from './train.ts';

answer(trainRanker);
