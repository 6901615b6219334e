/** Why a person must not decide on a request, whatever the charter says of their eligibility. */
export type RefusalToDecide = 'OWN_REQUEST' | 'ALREADY_DECIDED'

/**
 * Nobody decides on what benefits them or on what they filed for somebody else, and no human counts twice on one request, in the same stage or another.
 * Null when neither stands in the way.
 */
export function refusalToDecide({
	requesterId,
	filedBy = null,
	approverId,
	decisions,
}: {
	requesterId: string
	filedBy?: string | null
	approverId: string
	decisions: readonly { approverId: string }[]
}): RefusalToDecide | null {
	if (approverId === requesterId || approverId === filedBy) return 'OWN_REQUEST'
	return decisions.some((decision) => decision.approverId === approverId) ? 'ALREADY_DECIDED' : null
}
