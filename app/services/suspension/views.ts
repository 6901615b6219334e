import type { PersonName } from '../views.ts'

export type EffectView = {
	kind:
		| 'request'
		| 'approval'
		| 'grant'
		| 'session'
		| 'link'
		| 'amendment'
		| 'tenant_sessions'
		| 'lockbox'
		| 'lockbox_approval'
	id: string
	request: { id: string; number: number; role: string } | null
	/** Of what fell at the lockbox. */
	lockbox: { id: string; number: number } | null
	/** `waiting`: not confirmed yet. `postponed`: the tenant refuses until later. `alarm`: assume that it is live. */
	state: 'waiting' | 'postponed' | 'alarm' | 'done'
	/** When it was confirmed. */
	at: string | null
}

export type SuspensionView = {
	person: PersonName
	isSelf: boolean
	/** What the reader may sign now; null where nothing. */
	step: 'suspend' | 'propose_lift' | 'confirm_lift' | null
	/** What suspending the person now would end; null while they are suspended. */
	preview: {
		requests: number
		/** Requests for customer content of theirs, or that wait or are to be carried over on an approval of theirs. */
		lockboxes: number
		grants: number
		officersLeft: number
		officersNeeded: number
		ownersLeft: number
		ownersNeeded: number
		hasDuty: { officer: boolean; owner: boolean }
	} | null
	/** The newest suspension, lifted or not. */
	current: {
		id: string
		at: string
		by: string
		reason: string
		entryIndex: number | null
		liftedAt: string | null
		effects: EffectView[]
		lift: {
			at: string
			by: string
			reason: string
			confirmedBy: string | null
			isOwn: boolean
		} | null
	} | null
	/** How many suspensions there were before. */
	earlier: number
}
