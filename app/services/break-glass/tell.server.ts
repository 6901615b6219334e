import type { Tx } from '#db/client.ts'
import type { UseRow } from '#db/queries/break-glass.ts'
import { appointedTo } from '#db/queries/people.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { NoticeKind } from '#workflows/notify/notice-kinds.ts'
import { notify, type NotifyDeps } from '../notify/notify.server.ts'

type UseNotice = Extract<
	NoticeKind,
	'break_glass_used' | 'review_owed' | 'review_overdue' | 'review_not_justified'
>

/** Roles of the charter that have this duty. */
const officersOf = ({ roles }: Charter) =>
	Object.entries(roles).flatMap(([key, { duties }]) => (duties.includes('security_officer') ? [key] : []))

/** Which roles are told what; the statechart and the charter say when. */
const TOLD: Readonly<Record<UseNotice, (charter: Charter) => readonly string[]>> = {
	break_glass_used: ({ breakGlass }) => [...(breakGlass?.tells ?? []), ...reviewersOf(breakGlass)],
	review_owed: ({ breakGlass }) => reviewersOf(breakGlass),
	review_overdue: (charter) => [
		...reviewersOf(charter.breakGlass),
		...(charter.breakGlass?.tells ?? []),
		...officersOf(charter),
	],
	review_not_justified: officersOf,
}

const reviewersOf = (section: Charter['breakGlass']) => (section ? [section.review.by] : [])

/**
 * Tells everybody whom it concerns, in the transaction that makes it so, and never later: quiet hours and digests do not
 * hold back that break-glass was used. The charter is the one that the use was signed under.
 */
export async function tellUse(
	tx: Tx,
	deps: NotifyDeps,
	use: Pick<UseRow, 'id' | 'userId' | 'charterVersionId'>,
	kind: UseNotice,
	at: Date,
): Promise<void> {
	const { charter } = await deps.charters.version(tx, use.charterVersionId)
	await notify(tx, deps, {
		kind,
		to: await appointedTo(tx, [...new Set(TOLD[kind](charter))], at),
		except: use.userId,
		about: { type: 'review', id: use.id },
		code: 'BREAK_GLASS',
		at,
	})
}
