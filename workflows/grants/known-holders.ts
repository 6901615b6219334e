import type { PrincipalKind } from '../tenant/picture-holdings.ts'
import { wrongHolder, type Accounts } from './comparison.ts'
import type { Difference } from './differences.ts'

/** What was known of an open finding, of whoever it is about, and of what is wrong with them. */
export type RememberedHolding = Pick<
	Difference,
	| 'key'
	| 'family'
	| 'principalId'
	| 'principalKind'
	| 'personId'
	| 'kinds'
	| 'reasons'
	| 'place'
	| 'standing'
	| 'through'
	| 'removal'
>

/**
 * The same accounts, and of those that open findings are about what these know of them: one list that could not be read makes nobody
 * something else. What is known now comes first.
 */
export function withRemembered(accounts: Accounts, remembered: readonly RememberedHolding[]): Accounts {
	const kinds = new Map<string, PrincipalKind>()
	const guests = new Map<string, boolean>()
	for (const { family, principalId, principalKind, personId, kinds: wrong } of remembered) {
		if (family !== 'holding' || principalId === null || principalKind === null) continue
		if (principalKind === 'unknown') continue
		kinds.set(principalId, principalKind)
		// A person of ours may be denied by what is recorded of them, and be a guest all the same.
		if (principalKind !== 'user' || personId !== null) continue
		if (wrong.includes('guestOrServicePrincipal')) guests.set(principalId, true)
		else if (wrong.includes('ineligibleHolder') && !guests.has(principalId)) guests.set(principalId, false)
	}
	return {
		...accounts,
		kindOf: (objectId) => accounts.kindOf(objectId) ?? kinds.get(objectId) ?? null,
		isGuest: (objectId) => accounts.isGuest(objectId) ?? guests.get(objectId) ?? null,
	}
}

type Holder = Parameters<typeof wrongHolder>[1] & { key: string }
export type JudgeHolder = (holder: Holder) => ReturnType<typeof wrongHolder>

/** Tells what is wrong with holders (`before` are open findings by their key), and names those to `onUnsure` of whom too little is known to say it. */
export function judgeHolders(
	accounts: Accounts,
	before: ReadonlyMap<string, RememberedHolding>,
	onUnsure: (principalId: string) => void,
): JudgeHolder {
	return ({ key, ...holder }) => {
		const wrong = wrongHolder(accounts, holder, before.get(key))
		if (!wrong.isTold) onUnsure(holder.principalId)
		return wrong
	}
}
