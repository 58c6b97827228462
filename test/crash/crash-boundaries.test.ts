import { checksInTurn } from './checks-in-turn.ts';
import { SHORT_KILLS } from './short-form.ts';

checksInTurn(SHORT_KILLS);
