import type { Tx } from '#db/client.ts'
import type { UseRow } from '#db/queries/break-glass.ts'
import { insertNotices, type NewNotice } from '#db/queries/notices.ts'
import { appointedTo } from '#db/queries/people.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { Deps } from '../deps.ts'

type UseNotice = Extract<NewNotice['kind'], `break_glass_${string}`>

/** Roles of the charter that have this duty. */
const officersOf = ({ roles }: Charter) =>
	Object.entries(roles).flatMap(([key, { duties }]) => (duties.includes('security_officer') ? [key] : []))

/** Which roles are told what; the statechart and the charter say when. */
const TOLD: Readonly<Record<UseNotice, (charter: Charter) => readonly string[]>> = {
	break_glass_used: ({ breakGlass }) => [...(breakGlass?.tells ?? []), ...reviewersOf(breakGlass)],
	break_glass_review_due: ({ breakGlass }) => reviewersOf(breakGlass),
	break_glass_overdue: (charter) => [
		...reviewersOf(charter.breakGlass),
		...(charter.breakGlass?.tells ?? []),
		...officersOf(charter),
	],
	break_glass_not_justified: officersOf,
}

const reviewersOf = (section: Charter['breakGlass']) => (section ? [section.review.by] : [])

/**
 * Tells everybody whom it concerns, in the transaction that makes it so, and never later: quiet hours and digests do not
 * hold this back. The charter is the one that the use was signed under. Notices hang on requests, and a use by the sealed
 * procedure has none: the page of everybody's work shows every use that is owed, these too.
 */
export async function tellUse(
	tx: Tx,
	{ charters, newId }: Pick<Deps, 'charters' | 'newId'>,
	use: Pick<UseRow, 'id' | 'userId' | 'charterVersionId' | 'offline'>,
	kind: UseNotice,
	at: Date,
): Promise<void> {
	if (use.offline !== null) return
	const { charter } = await charters.version(tx, use.charterVersionId)
	const people = await appointedTo(tx, [...new Set(TOLD[kind](charter))], at)
	await insertNotices(
		tx,
		people
			.filter((personId) => personId !== use.userId)
			.map((personId) => ({ id: newId(), personId, kind, requestId: use.id, code: 'BREAK_GLASS', at })),
	)
}
