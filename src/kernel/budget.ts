import type { Clock } from './clock.ts';
import { PyAgentError } from './error.ts';

/** Amounts that add up. Whole numbers, so that accounts are exact. */
export interface BudgetAmounts {
  tokens: number;
  /** Money, in millionths of a US dollar. */
  microdollars: number;
}

/** What may be used. An absent limit means no limit of its own; the parent's still holds. */
export interface BudgetLimits extends Partial<BudgetAmounts> {
  /** Wall time from the making of the budget, in milliseconds. Not added up: tasks that run at once share it. */
  milliseconds?: number;
}

/** Which limit was met first. */
export type BudgetResource = keyof BudgetLimits;

/** The account that has nothing left: `asked` is what was wanted, `left` what there was. */
export interface BudgetExhausted {
  kind: 'exhausted';
  resource: BudgetResource;
  /** Whether the limit is this budget's own (0), its parent's (1), and so on upwards. */
  level: number;
  limit: number;
  left: number;
  asked: number;
}

/** Amounts set aside until the real use is known. Settle exactly once. */
export interface Reservation {
  kind: 'reserved';
  /**
   * Books what was really used and frees the rest. More than was reserved is booked too, because it was used; the
   * answer then says which limit is overdrawn. @throws PyAgentError `kernel/budget-misuse` when settled twice
   */
  settle(used: Partial<BudgetAmounts>): { kind: 'settled' } | BudgetExhausted;
}

/** What a task may use, drawn from what its parent may use. */
export interface Budget {
  readonly limits: BudgetLimits;
  /** Booked here and in children. Reserved amounts are not in it. */
  spent(): BudgetAmounts;
  /** The tightest of this budget's and its ancestors' limits; absent means unlimited. Never below 0. */
  remaining(): BudgetLimits;
  /** Whether anything is used up. A limit of 0 tokens or microdollars is not: it forbids their use, not the work. */
  check(): { kind: 'available' } | BudgetExhausted;
  /** Books `amounts` here and in every ancestor, or nowhere. */
  spend(amounts: Partial<BudgetAmounts>): { kind: 'spent' } | BudgetExhausted;
  /** Sets `amounts` aside here and in every ancestor, or nowhere. */
  reserve(amounts: Partial<BudgetAmounts>): Reservation | BudgetExhausted;
  /** A budget that draws from this one. Its time starts now. */
  child(limits: BudgetLimits): Budget;
}

/** A budget without parent. @throws PyAgentError `kernel/budget-invalid` for an amount that is not a whole number >= 0 */
export function budget(limits: BudgetLimits, clock: Clock): Budget {
  return budgetOf([openAccount(limits, clock)], clock);
}

interface Account {
  limits: BudgetLimits;
  startedAt: number;
  spent: BudgetAmounts;
  reserved: BudgetAmounts;
}

const RESOURCES = ['tokens', 'microdollars'] as const;

function openAccount(limits: BudgetLimits, clock: Clock): Account {
  checkAmounts(limits);
  const empty = (): BudgetAmounts => ({ tokens: 0, microdollars: 0 });
  return { limits: { ...limits }, startedAt: clock.monotonic(), spent: empty(), reserved: empty() };
}

/** `accounts`: this budget's own first, then its ancestors' upwards. */
function budgetOf(accounts: readonly [Account, ...Account[]], clock: Clock): Budget {
  const [own] = accounts;
  const reserve = (amounts: Partial<BudgetAmounts>): Reservation | BudgetExhausted => {
    checkAmounts(amounts);
    const exhausted = firstExhausted(accounts, clock, amounts);
    if (exhausted !== undefined) return exhausted;
    add(accounts, 'reserved', amounts, 1);
    let settled = false;
    return {
      kind: 'reserved',
      settle: (used) => {
        checkAmounts(used);
        if (settled) throw misuse();
        settled = true;
        add(accounts, 'reserved', amounts, -1);
        add(accounts, 'spent', used, 1);
        return overdrawn(accounts) ?? { kind: 'settled' };
      },
    };
  };
  return {
    limits: own.limits,
    spent: () => ({ ...own.spent }),
    remaining: () => remaining(accounts, clock),
    check: () => usedUp(accounts, clock) ?? { kind: 'available' },
    spend: (amounts) => {
      const reservation = reserve(amounts);
      if (reservation.kind === 'exhausted') return reservation;
      reservation.settle(amounts);
      return { kind: 'spent' };
    },
    reserve,
    child: (limits) => budgetOf([openAccount(limits, clock), ...accounts], clock),
  };
}

function add(
  accounts: readonly Account[],
  column: 'spent' | 'reserved',
  amounts: Partial<BudgetAmounts>,
  sign: 1 | -1,
) {
  for (const account of accounts) {
    for (const resource of RESOURCES) account[column][resource] += sign * (amounts[resource] ?? 0);
  }
}

function left(account: Account, resource: BudgetResource, clock: Clock): number {
  const limit = account.limits[resource] ?? Number.POSITIVE_INFINITY;
  if (resource === 'milliseconds') return limit - (clock.monotonic() - account.startedAt);
  return limit - account.spent[resource] - account.reserved[resource];
}

function remaining(accounts: readonly Account[], clock: Clock): BudgetLimits {
  const tightest: BudgetLimits = {};
  for (const resource of [...RESOURCES, 'milliseconds'] as const) {
    const amount = Math.min(...accounts.map((account) => left(account, resource, clock)));
    if (Number.isFinite(amount)) tightest[resource] = Math.max(0, amount);
  }
  return tightest;
}

function firstExhausted(
  accounts: readonly Account[],
  clock: Clock,
  amounts: Partial<BudgetAmounts>,
): BudgetExhausted | undefined {
  for (const [level, account] of accounts.entries()) {
    const time = left(account, 'milliseconds', clock);
    if (time <= 0) return exhausted('milliseconds', level, account, time, 0);
    for (const resource of RESOURCES) {
      const asked = amounts[resource] ?? 0;
      const amount = left(account, resource, clock);
      if (asked > 0 && asked > amount) return exhausted(resource, level, account, amount, asked);
    }
  }
  return undefined;
}

function usedUp(accounts: readonly Account[], clock: Clock): BudgetExhausted | undefined {
  for (const [level, account] of accounts.entries()) {
    for (const resource of ['milliseconds', ...RESOURCES] as const) {
      const amount = left(account, resource, clock);
      // Who may use no tokens at all can still do work that takes none.
      const none = resource !== 'milliseconds' && account.limits[resource] === 0;
      if (none ? amount < 0 : amount <= 0) return exhausted(resource, level, account, amount, 0);
    }
  }
  return undefined;
}

function overdrawn(accounts: readonly Account[]): BudgetExhausted | undefined {
  for (const [level, account] of accounts.entries()) {
    for (const resource of RESOURCES) {
      const amount = (account.limits[resource] ?? Number.POSITIVE_INFINITY) - account.spent[resource];
      if (amount < 0) return exhausted(resource, level, account, amount, -amount);
    }
  }
  return undefined;
}

function exhausted(
  resource: BudgetResource,
  level: number,
  account: Account,
  amount: number,
  asked: number,
): BudgetExhausted {
  return { kind: 'exhausted', resource, level, limit: account.limits[resource] ?? 0, left: Math.max(0, amount), asked };
}

function checkAmounts(amounts: BudgetLimits): void {
  for (const [resource, amount] of Object.entries(amounts)) {
    const known = resource === 'milliseconds' || RESOURCES.some((name) => name === resource);
    if (known && (amount === undefined || (Number.isSafeInteger(amount) && amount >= 0))) continue;
    throw new PyAgentError({
      code: 'kernel/budget-invalid',
      message: `expected a whole number of tokens, microdollars or milliseconds from 0, found ${resource}: ${amount}`,
      details: { resource, amount },
    });
  }
}

function misuse(): PyAgentError {
  return new PyAgentError({
    code: 'kernel/budget-misuse',
    message: 'expected a reservation to be settled once, found it settled already; reserve again for more use',
  });
}
