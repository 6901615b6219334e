import type { Text, TextKey } from '#app/messages/create-text.ts'
import type { GrantView } from '#app/services/views.ts'
import type { Formats } from '#app/utils/format.ts'
import { isUnsentCode } from '#workflows/grants/assurance-codes.ts'
import { SESSIONS_NOT_ENDED } from '#workflows/tenant/tenant-troubles.ts'
import { whyAndWho } from './trouble-words.ts'
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
	const { state, startAt, startsAt, endsAt, retryAt, cause, extendingTo, drift, killSwitchAt } = grant
	const timeOf = (at: string | null) => (at === null ? '' : format.time(at))
	const withKillSwitch = (note: string) =>
		killSwitchAt === null ? note : `${note} ${t('requests.killSwitchNote', { time: timeOf(killSwitchAt) })}`
	switch (state) {
		case 'scheduled':
			return t('grants.noteScheduled', { time: startAt === null ? '' : format.instant(startAt) })
		case 'planned':
			return withTrouble(t('grants.notePlanned'), grant, t)
		case 'provisioning':
			return withTrouble(t('grants.noteProvisioning'), grant, t)
		case 'active':
			return t('grants.activeSince', { time: timeOf(startsAt) })
		case 'extending':
			return withTrouble(
				t('grants.noteExtending', { time: timeOf(extendingTo), old: timeOf(endsAt) }),
				grant,
				t,
			)
		case 'drifted':
			return driftNote(drift, { t, format })
		case 'removing':
			return withTrouble(withKillSwitch(t('requests.removingNote')), grant, t)
		case 'postponed':
			return withTrouble(postponedNote(grant, timeOf(retryAt), t), grant, t)
		case 'notConfirmed':
			return withTrouble(withKillSwitch(t('requests.notConfirmedNote')), grant, t)
		case 'failed':
			return failedNote(grant, t)
		case 'voided':
			return t(VOIDED[cause ?? 'lapse'] ?? 'grants.saidVoidedLapse')
		case 'ended':
		case 'expired':
		case 'revoked':
			return withTrouble(endNote(state, grant, t), grant, t)
	}
}

/** Why nothing was given, who mends it, and that it is to be asked for again then. */
function failedNote({ failure, failureMender, endsAt }: GrantView, t: Text): string {
	const code = failure ?? ''
	return [
		// Whoever has an end was about to be sent.
		t(isUnsentCode(code) && endsAt === null ? 'grants.notGiven' : 'trouble.notGiven'),
		whyAndWho(code, failureMender ?? 'tenant_admin', t),
		t('trouble.askAgain'),
	].join(' ')
}

/** What keeps the access from being given, extended or taken away, in place of what would be said if nothing did. */
function withTrouble(note: string, { state, trouble }: GrantView, t: Text): string {
	if (trouble === null) return note
	const why = whyAndWho(trouble.code, trouble.mender, t)
	// It says nothing of whether the access is there.
	if (trouble.code === SESSIONS_NOT_ENDED) return `${note} ${why}`
	const isRemoval = state === 'removing' || state === 'notConfirmed'
	if (isRemoval && trouble.code === 'PLACE_NOT_FREE') return t('grants.noteWaitsForOther')
	if (isRemoval) return `${note} ${why} ${t('trouble.mayBeLive')}`
	return [...(state === 'planned' ? [t('trouble.notSent')] : [note]), why, t('trouble.goesOn')].join(' ')
}

/** That sessions are ended is Entra's word, given since the removal was put off, and not what was asked of it. */
function postponedNote({ sessionsEndedAt, since }: GrantView, time: string, t: Text): string {
	const isDone = sessionsEndedAt !== null && sessionsEndedAt >= since
	return t(isDone ? 'requests.postponedEndedNote' : 'requests.postponedNote', { time })
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
	{ cause, wasThere, drift }: GrantView,
	t: Text,
): string {
	const said = t(REVOKED[cause ?? (state === 'expired' ? 'deadline' : 'requester')])
	const stillHeld = drift?.what === 'not_ours' ? [t('grants.saidStillHeld')] : []
	return [...(!wasThere ? [t('grants.saidNeverActive')] : []), said, ...stillHeld].join(' ')
}
