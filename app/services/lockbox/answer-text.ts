import type { LockboxDecisionRow, LockboxRow } from '#db/queries/lockbox.ts'
import type { LockboxContext, LockboxDenial } from '#workflows/lockbox/lockbox-context.ts'

/** What a provider is told of a rule that denied. English, since providers read it; people here get their own words. */
const RULES: Readonly<Record<LockboxDenial, string>> = {
	NO_LOCKBOX_SECTION: 'the charter in force allows no access of providers to customer content',
	REQUESTER_UNDISCLOSED: 'the charter denies requests that do not disclose who asks',
	NO_BOUNDARY: 'the resources do not lie within one boundary of ours',
	DURATION_OVER_CAP: 'the duration is longer than the charter allows; ask for a shorter one',
	DURATION_UNKNOWN: 'no duration is stated; ask for a fixed one',
	REQUESTER_UNFIT: 'the charter does not allow the requester this access',
}

/** The longest reason that is sent. */
const MOST = 500

/**
 * The reason that goes to the provider with our answer. Who approved stands in our record and in no answer; a denial
 * gives the reason of whoever denied, the rule, or that nobody decided in time.
 */
export function answerText(
	{ number }: Pick<LockboxRow, 'number'>,
	{ answerCause, denials }: Pick<LockboxContext, 'answerCause' | 'denials'>,
	decisions: readonly Pick<LockboxDecisionRow, 'verdict' | 'reason'>[],
	charterVersion: number,
): string {
	const under = `Charterkeep L-${number}, charter version ${charterVersion}`
	switch (answerCause) {
		case 'quorum':
			return `Approved by the quorum of every stage (${under}).`
		case 'denied': {
			const tail = ` (${under})`
			const reason = decisions.find(({ verdict }) => verdict === 'deny')?.reason ?? 'Denied.'
			return `${reason.slice(0, MOST - tail.length)}${tail}`
		}
		case 'rule':
			return `Denied: ${denials.map((code) => RULES[code]).join('; ')} (${under}).`.slice(0, MOST)
		default:
			return `Denied: nobody decided in time, and silence denies (${under}).`
	}
}
