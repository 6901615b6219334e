import { findFiling } from '#db/queries/filings.ts'
import { requestsOfFiling, type RequestRow } from '#db/queries/requests.ts'
import type { RefusedRole } from '#workflows/access/refused-role.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { RequestSummary } from '../views.ts'
import { summarise, titleOf } from './summarise.server.ts'
import { demandSight } from './visibility.server.ts'

export type RefusedRoleView = RefusedRole & { title: string }
export type FilingView = {
	id: string
	filedAt: string
	/** Those that the reader may see. */
	requests: RequestSummary[]
	/** What was asked for beside them and could not be filed; for whoever filed it alone. */
	refused: RefusedRoleView[]
	/** Name of the token that a program filed it with; for whoever filed it alone. */
	token: string | null
	isOwn: boolean
}

/** What was asked for in one form, together. NOT_FOUND for whoever may see none of it. */
export async function showFiling(deps: Deps, actor: Actor, filingId: string): Promise<FilingView> {
	const { db } = deps.database
	const filing = await findFiling(db, filingId)
	const rows: RequestRow[] = []
	for (const row of filing === null ? [] : await requestsOfFiling(db, filingId))
		if (await isSeen(deps, actor, row)) rows.push(row)
	if (filing === null || rows.length === 0) throw new DomainError('NOT_FOUND', 'No such filing.')
	const { charter } = await deps.charters.inForce(db, deps.now())
	const isOwn = filing.filedBy === actor.personId
	return {
		id: filing.id,
		filedAt: filing.createdAt.toISOString(),
		requests: rows.map((row) => summarise(row, charter)),
		refused: isOwn
			? filing.refused.map((refused) => ({ ...refused, title: titleOf(charter, refused.role) }))
			: [],
		token: isOwn ? filing.tokenName : null,
		isOwn,
	}
}

async function isSeen(deps: Deps, actor: Actor, row: RequestRow): Promise<boolean> {
	try {
		await demandSight(deps, actor, row)
		return true
	} catch (error) {
		if (isDomainError(error) && error.code === 'NOT_FOUND') return false
		throw error
	}
}
