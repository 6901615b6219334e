import type { FindingKind, Reaction } from '#workflows/charter/entra.schema.ts'
import type { FindingFamily, FindingStanding } from '#workflows/grants/differences.ts'
import type { FindingState, OrderedBy, SessionsEnd } from '#workflows/grants/finding-context.ts'
import type { FindingStep } from '#workflows/ledger/finding-envelope.schema.ts'
import type { Mender } from '#workflows/tenant/tenant-troubles.ts'
import type { PartTrouble } from '#workflows/tenant/tenant-picture.ts'
import type { PrincipalKind } from '#workflows/tenant/picture-holdings.ts'
import type { Missed } from '#workflows/grants/finding-context.ts'
import type { NotificationsView } from '../notifications/show-notifications.server.ts'
import type { GroupChangesView } from '../tenant/show-group-changes.server.ts'
import type { WatchTrouble } from '#db/schema/watched-accounts.ts'
import type { WatchedState } from '#workflows/tenant/watched-account.ts'
import type { ChartView, EntraPlaceView, TimelineItem } from '../views.ts'

/** Whose account it is: a person of ours, an account of the tenant, or something that is nobody. */
export type HolderView = {
	kind: PrincipalKind | null
	/** Null where neither we nor the tenant's mirror know a name. */
	name: string | null
	/** The person's page, for readers who may see people. */
	personId: string | null
	objectId: string | null
}

/** One finding in a list. */
export type FindingSummary = {
	id: string
	number: number
	family: FindingFamily
	state: FindingState
	/** The most dangerous first. */
	kinds: readonly FindingKind[]
	holder: HolderView
	/** The group through which they have it; null: in their own name. */
	through: string | null
	/** What it is about: a place as the charter names it, or the name of a rule of the tenant. */
	place: EntraPlaceView | null
	policy: string | null
	/** Titles of the charter roles that give the place. */
	roles: readonly string[]
	standing: FindingStanding
	/** From when on it gives access, of what is still to begin; null of everything else, and where Entra does not say. */
	beginsAt: string | null
	reaction: Reaction
	owner: string | null
	foundAt: string
	lastSeenAt: string
	decideBy: string | null
	/** Whether it could be taken away at all. */
	isRemovable: boolean
	/** How many people have it through the group that it is about; 0 where it is about no group. */
	people: number
	/** What waits for this reader. */
	needsYou: 'decide' | 'ask_release' | 'release' | null
	closedAt: string | null
	/** From detection to its confirmed removal, in milliseconds. */
	removedAfterMs: number | null
}

/** How the last look at the tenant went. */
export type RunView = {
	what: 'privileges' | 'everything'
	at: string
	tookMs: number
	trouble: string | null
	holdings: number
	unread: readonly { part: string; why: PartTrouble; code: string | null }[]
}

/** An account that is watched and never touched. */
export type WatchedView = {
	objectId: string
	title: string
	name: string | null
	/** How and where it holds what the tenant lists of it. */
	holdings: readonly { how: string; place: string }[]
	isKnown: boolean
	/** As it was last seen; a part that nobody could read is null. */
	seen: WatchedState
	lookedAt: string | null
	lastSignIn: {
		at: string
		succeeded: boolean
		application: string | null
		ipAddress: string | null
	} | null
	/** Until when sign-ins are known. */
	signInsReadTo: string | null
	trouble: readonly WatchTrouble[]
}

export type FindingsView = {
	open: FindingSummary[]
	/** Everything open, before the filter. */
	openCount: number
	closed: FindingSummary[]
	/** Number from which to go on with what is over; null where nothing more is. */
	next: number | null
	/** Whether the tenant tells us of changes between two looks. */
	notifications: NotificationsView
	/** Whether it can be asked between two looks what changed in governed groups. */
	groupChanges: GroupChangesView
	run: RunView | null
	/** Another tenant that accesses, findings or the last look are of: nothing is compared with the one that is set. */
	elsewhere: string | null
	/** When the rules of the tenant were last compared. */
	lastEverything: string | null
	/** When somebody asked for a look at everything that has not come yet. */
	lookAskedAt: string | null
	times: { count: number; medianMs: number | null; worstMs: number | null }
	watched: WatchedView[]
	/** `sent`: so many people lost something within that time without a second officer. */
	guard: { most: number; withinMs: number; sent: number }
	/** What would be taken away now if everything that can be were. */
	dryRun: FindingSummary[]
	/** From how many people that, or what the guard holds, would take something. */
	dryRunPeople: number
	heldPeople: number
	/** What the guard holds and this officer could sign for: to ask, or to release what another asked. */
	heldToAsk: string[]
	heldToRelease: string[]
	reactions: { kind: FindingKind; reaction: Reaction }[]
	mayDecide: boolean
	now: string
}

export type FindingView = FindingSummary & {
	holds: { from: string | null; until: string | null; people: number }
	/** Codes of what the charter denies the holder for, for readers who may know; or of what became weaker. */
	reasons: readonly string[]
	/** Of one of our accesses that deviates: what becomes of it where nobody answers, and when. */
	silence: { does: 'remove' | 'alert'; at: string | null } | null
	/** The request of our own access that it deviates from. */
	request: { id: string; number: number } | null
	confirmedAt: string | null
	orderedAt: string | null
	orderedBy: OrderedBy | null
	/** When a removal was first sent that the tenant did not refuse. */
	sentAt: string | null
	/** Since when the tenant may be taking it away; null where it was not asked, or refused. */
	tenantAskedAt: string | null
	retryAt: string | null
	failure: string | null
	/** Who can mend that; null where nothing failed. */
	failureMender: Mender | null
	killSwitchAt: string | null
	/** What came of ending the sessions of whoever it is about; null while the tenant has not answered, or was not asked. */
	sessions: SessionsEnd | null
	acceptedUntil: string | null
	askedBy: string | null
	/** Who asked for it before what is shown became another thing, while nobody has asked since. */
	askedBefore: string | null
	missed: Missed | null
	decisions: {
		step: FindingStep
		officer: string
		reason: string
		acceptedUntil: string | null
		at: string
		entryIndex: number | null
	}[]
	/** What this officer could sign now. */
	steps: readonly FindingStep[]
	/** They hold it themselves. */
	isOwn: boolean
	mayTake: boolean
	timeline: TimelineItem[]
	charts: ChartView[]
	now: string
}
