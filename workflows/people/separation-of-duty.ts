/** Why a person must not decide on a request, whatever the charter says of their eligibility. */
export type RefusalToDecide = 'OWN_REQUEST' | 'ALREADY_DECIDED'

/**
 * Nobody decides on what benefits them, and no human counts twice on one request, in the same stage or another.
 * Null when neither stands in the way.
 */
export function refusalToDecide({
	requesterId,
	approverId,
	decisions,
}: {
	requesterId: string
	approverId: string
	decisions: readonly { approverId: string }[]
	stage: number
}): RefusalToDecide | null {
	if (approverId === requesterId) return 'OWN_REQUEST'
	return decisions.some((decision) => decision.approverId === approverId) ? 'ALREADY_DECIDED' : null
}
