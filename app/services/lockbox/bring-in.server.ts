import { findByProvider } from '#db/queries/lockbox.ts'
import { openBoundaries, type BoundaryRow } from '#db/queries/lockbox-polls.ts'
import { lockPeople, peopleCalled } from '#db/queries/people.ts'
import { parseM365Output } from '#app/integrations/lockbox/m365-output.ts'
import type { LockboxState } from '#workflows/lockbox/lockbox-context.ts'
import {
	NOTHING_DISCLOSED,
	type Disclosed,
	type ProviderRequest,
} from '#workflows/lockbox/provider-request.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { refusingLockbox } from './step-lockbox.server.ts'
import { takeRequest, type Taken } from './take-request.server.ts'

/** How long whoever asks from inside waits for an answer at most. */
export const INSIDE_WITHIN_MS = 4 * 86_400_000

export type ImportedLockbox = {
	id: string
	providerRequestId: string
	isNew: boolean
	state: LockboxState
}

/**
 * Takes in what `Get-AccessToCustomerDataRequest | ConvertTo-Json` printed. Taking the same output in again, or a newer
 * one, is how it is learned what became of an answer. All of it or nothing. LOCKBOX_UNREADABLE says what is wrong with it.
 */
export async function importM365(
	deps: Deps,
	actor: Actor,
	{ boundaryId, text }: { boundaryId: string; text: string },
): Promise<ImportedLockbox[]> {
	demand(actor, 'lockbox:record')
	const at = deps.now()
	const taken = await refusingLockbox(deps, actor, { lockboxId: null, step: 'bring_in' }, async () => {
		const boundary = await demandBoundary(deps, boundaryId)
		if (boundary.provider !== 'm365') throw new DomainError('NOT_FOUND', 'No such boundary.')
		const parsed = parseM365Output(text, at)
		if ('problem' in parsed)
			throw new DomainError('LOCKBOX_UNREADABLE', parsed.problem, {
				problem: parsed.problem,
				row: parsed.row,
			})
		return deps.database.withTx(async (tx) => {
			const all: ImportedLockbox[] = []
			// In one order for everybody, so that two imports never wait for each other in a circle.
			for (const request of inOrder(parsed.requests)) {
				if (isHistory(request, boundary)) continue
				const { provider, scope } = boundary
				const one = await takeRequest(
					tx,
					deps,
					{ provider, scope, request, origin: 'import', broughtBy: actor.personId },
					at,
				)
				all.push({ ...one, providerRequestId: request.providerRequestId })
			}
			return all
		})
	})
	deps.wake()
	return taken
}

const inOrder = (requests: readonly ProviderRequest[]) =>
	[...requests].sort((a, b) => (a.providerRequestId < b.providerRequestId ? -1 : 1))

/** Was over before its boundary was recorded here: nobody could have decided on it, and nothing of it is open. */
export const isHistory = ({ seen, askedAt }: ProviderRequest, { recordedAt }: BoundaryRow) =>
	(seen === 'denied' || seen === 'expired' || seen === 'cancelled' || seen === 'ended') &&
	askedAt < recordedAt.toISOString()

export type HandForm = {
	boundaryId: string
	providerRequestId: string
	cause: string
	type: string
	reach: string
	resources: string[]
	supportRequest: string
	askedAt: Date
	deadline: Date
	durationSeconds: number
	disclosed: Partial<Record<keyof Disclosed, string>>
}

/** Writes down what a provider asked that has no interface. LOCKBOX_KNOWN where its number was recorded before. */
export async function recordLockbox(deps: Deps, actor: Actor, form: HandForm): Promise<Taken> {
	demand(actor, 'lockbox:record')
	const at = deps.now()
	const taken = await refusingLockbox(deps, actor, { lockboxId: null, step: 'bring_in' }, async () => {
		const boundary = await demandBoundary(deps, form.boundaryId)
		const { provider, scope } = boundary
		const { providerRequestId } = form
		if (deps.lockbox[provider] !== null)
			throw new DomainError('LOCKBOX_NOT_BY_HAND', 'Its provider is read and answered by its interface.')
		if (form.deadline <= at || form.deadline <= form.askedAt || form.askedAt > at)
			throw new DomainError('INVALID_INPUT', 'It was asked before now, and its deadline is yet to come.', {
				field: 'deadline',
			})
		return deps.database.withTx(async (tx) => {
			const known = await findByProvider(tx, { provider, scope, providerRequestId })
			if (known !== null) throw new DomainError('LOCKBOX_KNOWN', 'It is recorded already.', { id: known })
			const request: ProviderRequest = {
				...requestOf(form),
				providerRequestId,
				resources: form.resources,
				disclosed: {
					name: form.disclosed.name || null,
					country: form.disclosed.country || null,
					clearance: form.disclosed.clearance || null,
				},
			}
			return takeRequest(
				tx,
				deps,
				{ provider, scope, request, origin: 'hand', broughtBy: actor.personId },
				at,
			)
		})
	})
	deps.wake()
	return taken
}

const requestOf = (form: Omit<HandForm, 'boundaryId' | 'providerRequestId' | 'resources' | 'disclosed'>) => ({
	status: 'Recorded',
	seen: 'pending' as const,
	cause: form.cause,
	type: form.type,
	reach: form.reach,
	supportRequest: form.supportRequest,
	askedAt: form.askedAt.toISOString(),
	deadline: form.deadline.toISOString(),
	durationSeconds: form.durationSeconds,
	durationText: '',
})

export type InsideForm = {
	boundaryId: string
	/** Key of the form: sending it twice files once. */
	formId: string
	/** Name of whom it benefits; empty for whoever asks. */
	beneficiary: string
	role: string
	cause: string
	type: string
	reach: string
	resources: string[]
	durationSeconds: number
}

/** Somebody of ours asks for customer content, for themselves or for somebody else: the same chart as for a provider. */
export async function askFromInside(deps: Deps, actor: Actor, form: InsideForm): Promise<Taken> {
	if (!actor.permissions.has('request:file')) demand(actor, 'lockbox:record')
	const at = deps.now()
	const taken = await refusingLockbox(deps, actor, { lockboxId: null, step: 'bring_in' }, async () => {
		const boundary = await demandBoundary(deps, form.boundaryId)
		if (boundary.provider !== 'other') throw new DomainError('NOT_FOUND', 'No such boundary.')
		const beneficiaryId = await beneficiaryOf(deps, actor, form.beneficiary)
		const { provider, scope } = boundary
		return deps.database.withTx(async (tx) => {
			await lockPeople(tx, [actor.personId, beneficiaryId], 'share')
			const request: ProviderRequest = {
				...requestOf({
					...form,
					supportRequest: '',
					askedAt: at,
					deadline: new Date(at.getTime() + INSIDE_WITHIN_MS),
				}),
				providerRequestId: form.formId,
				resources: form.resources,
				disclosed: NOTHING_DISCLOSED,
			}
			const inside = { requesterId: actor.personId, beneficiaryId, role: form.role }
			return takeRequest(
				tx,
				deps,
				{ provider, scope, request, origin: 'inside', broughtBy: actor.personId, inside },
				at,
			)
		})
	})
	deps.wake()
	return taken
}

async function beneficiaryOf({ database }: Deps, actor: Actor, name: string): Promise<string> {
	if (name.trim() === '') return actor.personId
	const called = await peopleCalled(database.db, name)
	const [only] = called
	if (only === undefined || called.length > 1)
		throw new DomainError('INVALID_INPUT', 'Nobody, or more than one, is called exactly so.', {
			field: 'beneficiary',
		})
	return only.id
}

async function demandBoundary({ database }: Pick<Deps, 'database'>, id: string): Promise<BoundaryRow> {
	const found = (await openBoundaries(database.db)).find((boundary) => boundary.id === id)
	if (found === undefined) throw new DomainError('NOT_FOUND', 'No such boundary.')
	return found
}
