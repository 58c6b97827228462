import { checksInTurn } from './checks-in-turn.ts';
import { SHORT_POWER_CUTS } from './short-form.ts';

checksInTurn(SHORT_POWER_CUTS);
