import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { deleteDraft } from '#db/queries/drafts.ts'
import { findFiling, insertFiling } from '#db/queries/filings.ts'
import { lockPeople } from '#db/queries/people.ts'
import { requestsOfFiling } from '#db/queries/requests.ts'
import type { RefusedRole } from '#workflows/access/refused-role.ts'
import { MOST_AT_ONCE } from '#workflows/ledger/envelope.schema.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { settleMany } from '../lapse/settle-many.server.ts'
import { tellDeciders } from '../notify/tell-request.server.ts'
import type { AskedForm } from './asked-access.server.ts'
import { filingBasis, judgeRole, type FilingBasis, type JudgedRole } from './judge-filing.server.ts'
import { storeRequest } from './store-request.server.ts'

/** What one form asks for: the same reason, ticket, start and duration for each of its roles. */
export type FilingForm = Omit<AskedForm, 'role'> & {
	roles: readonly string[]
	/** File all of them or none; left out: all or none. */
	allOrNone?: boolean
	/** When the access is to begin; left out or null: once it is approved. */
	startAt?: Date | null
	/** Whom it is for; left out: whoever files it. */
	beneficiaryId?: string | undefined
	/** Made with the form: the same form sent again gives what it filed. */
	filingKey?: string | undefined
	/** SHA-256 of what a program sent, in canonical form. */
	bodySha256?: string | undefined
	/** Number of the charter version that the form was shown under. */
	charterVersion?: number | undefined
}

export type Filed = {
	filingId: string
	requests: { id: string; number: number; role: string }[]
	/** What was asked for in the same form and could not be filed. */
	refused: RefusedRole[]
}

/** As many as can be decided on in one ceremony. */
const MOST_ROLES = MOST_AT_ONCE

/**
 * Files a request for each role of a form, in one transaction and under the charter in force now. Each is judged, and will
 * be decided on, by itself. Where one of them cannot be filed, none is, unless the form says otherwise: then those that can
 * be are filed, and the others are kept beside them with why. SEVERAL_REFUSED with each refusal where nothing is filed; a
 * form with one role gives that refusal itself. A request that too few people could decide on is not filed
 * (QUORUM_UNREACHABLE); a form that was shown under another charter version is not either (CHARTER_SUPERSEDED).
 */
export async function fileRequests(deps: Deps, actor: Actor, form: FilingForm): Promise<Filed> {
	demand(actor, 'request:file')
	const roles = [...new Set(form.roles)]
	if (roles.length === 0 || roles.length > MOST_ROLES)
		throw new DomainError('INVALID_INPUT', 'Ask for between one and twenty roles.', {
			field: 'role',
			problem: 'chooseRole',
		})
	const filingId = form.filingKey ?? deps.newId()
	for (let attempt = 1; ; attempt++) {
		const before = await filedBefore(deps, actor, form)
		if (before !== null) return before
		try {
			await deps.database.withTx((tx) => file(tx, deps, actor, { ...form, roles }, filingId))
			break
		} catch (error) {
			// The other of two that were sent at once was faster: this one says the same.
			const twin = isDomainError(error) ? await filedBefore(deps, actor, form) : null
			if (twin !== null) return twin
			// Another form asked for one of the roles at the same moment: judged again, it is known which.
			const isRaced = isDomainError(error) && error.code === 'ALREADY_REQUESTED'
			if (!isRaced || roles.length === 1 || attempt === 2) throw error
		}
	}
	deps.wake()
	return filedWith(deps, filingId, await findFiling(deps.database.db, filingId))
}

/** What this very form has filed already; null when it has not. DUPLICATE or KEY_REUSED where it is another form. */
async function filedBefore(
	deps: Deps,
	actor: Actor,
	{ filingKey, bodySha256 }: FilingForm,
): Promise<Filed | null> {
	if (filingKey === undefined) return null
	const filing = await findFiling(deps.database.db, filingKey)
	if (filing === null) return null
	if (filing.filedBy !== actor.personId)
		throw new DomainError('DUPLICATE', 'This form was sent by somebody else.')
	if (filing.bodySha256 !== (bodySha256 ?? null))
		throw new DomainError('KEY_REUSED', 'This key was used for another request.')
	return filedWith(deps, filingKey, filing)
}

async function filedWith(
	{ database }: Deps,
	filingId: string,
	filing: { refused: RefusedRole[] } | null,
): Promise<Filed> {
	const rows = await requestsOfFiling(database.db, filingId)
	return {
		filingId,
		requests: rows.map(({ id, number, role }) => ({ id, number, role })),
		refused: filing?.refused ?? [],
	}
}

async function file(tx: Tx, deps: Deps, actor: Actor, form: FilingForm, filingId: string): Promise<void> {
	await holdCharter(tx, 'judge')
	await lockPeople(tx, [actor.personId, form.beneficiaryId ?? actor.personId], 'share')
	const basis = await filingBasis(tx, deps, actor, form)
	const { judged, refused } = await judgeRoles(tx, basis, form)
	// Before anything hangs on it: whoever sends the same form at this moment waits here, and finds it filed.
	await insertFiling(tx, {
		id: filingId,
		filedBy: actor.personId,
		refused,
		tokenId: actor.tokenId ?? null,
		bodySha256: form.bodySha256 ?? null,
		createdAt: basis.at,
	})
	const requestIds: string[] = []
	for (const each of judged)
		requestIds.push(
			await storeRequest(tx, deps, actor, basis, each, {
				...form,
				filingId,
				isAlone: judged.length === 1,
			}),
		)
	await deleteDraft(tx, { personId: actor.personId, kind: 'request', subject: filingId })
	// The moment at which it could no longer be approved becomes a deadline.
	await settleMany(tx, deps, { requestIds, grantIds: [] }, { cause: 'lapse' })
	for (const requestId of requestIds) await tellDeciders(tx, deps, requestId, basis.at)
}

/** Judges each role by itself. Throws where nothing is to be filed: one refusal as it is, several together. */
async function judgeRoles(
	tx: Tx,
	basis: FilingBasis,
	form: FilingForm,
): Promise<{ judged: JudgedRole[]; refused: RefusedRole[] }> {
	const judged: JudgedRole[] = []
	const refused: RefusedRole[] = []
	for (const role of form.roles) {
		try {
			judged.push(await judgeRole(tx, basis, { ...form, role }))
		} catch (error) {
			if (!isDomainError(error) || form.roles.length === 1) throw error
			refused.push(refusalOfRole(role, error))
		}
	}
	if (refused.length > 0 && (form.allOrNone !== false || judged.length === 0))
		throw new DomainError('SEVERAL_REFUSED', 'Not all of these roles can be filed: nothing was.', { refused })
	return { judged, refused }
}

function refusalOfRole(role: string, { code, details }: DomainError): RefusedRole {
	const { denials, role: gap, example } = details
	return {
		role,
		code,
		denials: (denials ?? []) as RefusedRole['denials'],
		numbers: Object.fromEntries(
			Object.entries(details).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
		),
		gap: typeof gap === 'string' ? gap : null,
		example: typeof example === 'string' ? example : null,
	}
}
