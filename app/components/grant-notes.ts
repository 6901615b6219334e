import type { Text, TextKey } from '#app/messages/create-text.ts'
import type { GrantView } from '#app/services/views.ts'
import type { Formats } from '#app/utils/format.ts'
import { ASSURANCE_CODES } from '#workflows/grants/assurance-codes.ts'
import type { EndCause } from '#workflows/grants/grant-context.ts'

type Words = { t: Text; format: Formats }

const DRIFTS = {
	missing: 'grants.noteDriftMissing',
	not_ours: 'grants.noteDriftNotOurs',
	scope: 'grants.noteDriftScope',
} as const

const REVOKED: Readonly<Record<EndCause, TextKey>> = {
	deadline: 'grants.saidExpired',
	requester: 'grants.saidEnded',
	security_officer: 'grants.saidRevokedOfficer',
	charter: 'grants.saidRevokedCharter',
	lapse: 'grants.saidRevokedLapse',
	suspension: 'grants.saidRevokedSuspension',
	drift: 'grants.saidRevokedDrift',
}

const VOIDED: Readonly<Partial<Record<EndCause, TextKey>>> = {
	requester: 'grants.saidVoidedRequester',
	security_officer: 'grants.saidVoidedOfficer',
	charter: 'grants.saidVoidedCharter',
	suspension: 'grants.saidVoidedSuspension',
}

/**
 * What the state of an access means, in one to three sentences; of every state there is something to say. "active" and
 * every end but those that never reached Entra are Entra's own word.
 */
export function noteOf(grant: GrantView, { t, format }: Words): string {
	const { state, startAt, startsAt, endsAt, retryAt, failure, cause, extendingTo, drift, killSwitchAt } =
		grant
	const timeOf = (at: string | null) => (at === null ? '' : format.time(at))
	const withKillSwitch = (note: string) =>
		killSwitchAt === null ? note : `${note} ${t('requests.killSwitchNote', { time: timeOf(killSwitchAt) })}`
	switch (state) {
		case 'scheduled':
			return t('grants.noteScheduled', { time: startAt === null ? '' : format.instant(startAt) })
		case 'planned':
			return t('grants.notePlanned')
		case 'provisioning':
			return t('grants.noteProvisioning')
		case 'active':
			return t('grants.activeSince', { time: timeOf(startsAt) })
		case 'extending':
			return t('grants.noteExtending', { time: timeOf(extendingTo), old: timeOf(endsAt) })
		case 'drifted':
			return driftNote(drift, { t, format })
		case 'removing':
			return withKillSwitch(t('requests.removingNote'))
		case 'postponed':
			return t('requests.postponedNote', { time: timeOf(retryAt) })
		case 'notConfirmed':
			return withKillSwitch(t('requests.notConfirmedNote'))
		case 'failed':
			return failedNote(failure, t)
		case 'voided':
			return t(VOIDED[cause ?? 'lapse'] ?? 'grants.saidVoidedLapse')
		case 'ended':
		case 'expired':
		case 'revoked':
			return endNote(state, grant, t)
	}
}

/** Ours is what Entra ID lacks; every other code is the tenant's own. */
function failedNote(failure: string | null, t: Text): string {
	const lack = ASSURANCE_CODES.find((code) => code === failure)
	return lack === undefined
		? t('requests.failedNote', { code: failure ?? '' })
		: `${t('grants.notGiven')} ${t(`grants.lack_${lack}`)}`
}

function driftNote(drift: GrantView['drift'], { t, format }: Words): string {
	if (drift === null || drift.what === 'end')
		return drift?.seenEndsAt
			? t('grants.noteDriftEnd', { time: format.instant(drift.seenEndsAt) })
			: t('grants.noteDriftNoEnd')
	return t(DRIFTS[drift.what])
}

/** Rows of the first version called every end `ended`: the cause tells which it was. */
function endNote(
	state: 'ended' | 'expired' | 'revoked',
	{ cause, startsAt, drift }: GrantView,
	t: Text,
): string {
	const said = t(REVOKED[cause ?? (state === 'expired' ? 'deadline' : 'requester')])
	const stillHeld = drift?.what === 'not_ours' ? [t('grants.saidStillHeld')] : []
	return [...(startsAt === null ? [t('grants.saidNeverActive')] : []), said, ...stillHeld].join(' ')
}
