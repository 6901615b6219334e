import type { LeafOf } from '../ledger/entry.schema.ts'
import type { LockboxRequest } from '../ledger/lockbox-envelope.schema.ts'
import { hasAccess, type LockboxState } from '../lockbox/lockbox-context.ts'
import type { Provider } from '../lockbox/providers.ts'
import type { AccessRow, AccessState } from './access-book.ts'

/** What a row of a request for customer content tells beside that of an access. */
export type LockboxPart = {
	provider: Provider
	isInside: boolean
	isDisclosed: boolean
	/** What the provider says of whoever asks; null where it does not, or where that is sealed. */
	disclosedName: string | null
	/** It was decided at the provider and not here. */
	isOutOfBand: boolean
	/** Who approved and may not decide any more. */
	fallen: string[]
}

type Kind =
	| 'lockbox.imported'
	| 'lockbox.decided'
	| 'lockbox.seen'
	| 'lockbox.clock'
	| 'lockbox.approval_fell'
	| 'lockbox.requester_fell'
	| 'lockbox.send_failed'
	| 'lockbox.retried'
type Step = { [K in Kind]: LeafOf<K> }[Kind]

/** What lies open of a request that came in; `request` is null where it is sealed. */
export const lockboxPartOf = (
	{ open }: LeafOf<'lockbox.imported'>,
	request: LockboxRequest | null,
): LockboxPart => ({
	provider: open.provider,
	isInside: open.by === 'inside',
	isDisclosed: open.isDisclosed,
	disclosedName: request?.disclosed.name ?? null,
	isOutOfBand: false,
	fallen: [],
})

/** Takes a step of a request for customer content into its row. */
export function tellLockbox(row: AccessRow, index: number, leaf: Step): void {
	const { lockbox } = row
	if (lockbox === null) return
	const { outcome } = leaf.open
	if (leaf.kind === 'lockbox.decided')
		row.decisions.push({
			entry: index,
			person: { id: leaf.actor ?? '', name: null },
			verdict: leaf.open.verdict,
			at: leaf.time,
		})
	if (leaf.kind === 'lockbox.approval_fell') lockbox.fallen.push(leaf.open.approverId)
	if (leaf.kind === 'lockbox.seen') lockbox.isOutOfBand ||= leaf.open.isOutOfBand
	if (leaf.kind === 'lockbox.imported') lockbox.isOutOfBand = hasAccess(outcome)
	row.state = STATES[outcome]
	if (hasAccess(outcome) || outcome === 'accessEnded') row.startsAt ??= leaf.time
	row.endedAt = outcome === 'accessEnded' ? leaf.time : null
}

const STATES: Readonly<Record<LockboxState, AccessState>> = {
	pending: 'waiting',
	approving: 'approved',
	denying: 'denied',
	sendFailed: 'sent',
	approvedAtProvider: 'active',
	overtaken: 'active',
	accessEnding: 'active',
	accessEnded: 'ended',
	denied: 'denied',
	deniedElsewhere: 'denied',
	expired: 'timed_out',
	withdrawnByProvider: 'withdrawn',
}
