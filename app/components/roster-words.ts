import type { Text } from '#app/messages/create-text.ts'
import type { CauseView, GapOwner, RowView } from '#app/services/roster/views.ts'
import { formats, type Formats } from '#app/utils/format.ts'
import { clauseKey } from './impact-card.tsx'

/** Times of the zone that was asked for, which need not be the one of other pages. */
export const rosterFormats = (language: 'en' | 'de', zone: string) => {
	const all = formats(language, zone)
	const locale = language === 'en' ? 'en-GB' : 'de-DE'
	const weekday = new Intl.DateTimeFormat(locale, { timeZone: zone, weekday: 'short' })
	return {
		...all,
		/** Tue 1 Dec 2026 14:00 CET: who plans duty thinks in days of the week. */
		instant: (iso: string) => `${weekday.format(new Date(iso))} ${all.instant(iso)}`,
		/** Tue 1 Dec, of a local day such as 2026-12-01. */
		day: (day: string) =>
			new Intl.DateTimeFormat(locale, {
				timeZone: 'UTC',
				weekday: 'short',
				day: 'numeric',
				month: 'short',
			}).format(new Date(`${day}T12:00:00Z`)),
	}
}

export const rowTitle = (t: Text, { title, stage }: Pick<RowView, 'title' | 'stage'>) =>
	stage === null ? title : t('roster.stageOf', { stage, title })

export const ownersText = (t: Text, owners: readonly GapOwner[]) =>
	owners.map((owner) => t(`roster.owner_${owner}`)).join(', ')

/** Why somebody does not count, without who it is. */
export function causeText(
	t: Text,
	{ kind, codes, at }: CauseView,
	{ instant }: Pick<Formats, 'instant'>,
): string {
	switch (kind) {
		case 'NOT_ELIGIBLE':
			return codes.length === 0
				? t('roster.cause_NOT_ELIGIBLE_any')
				: t('roster.cause_NOT_ELIGIBLE', {
						clauses: codes
							.map((code) => t(code === 'NATIONALITY' ? 'roster.code_NATIONALITY' : clauseKey(code)))
							.join(', '),
					})
		case 'AWAY':
			return at === null ? t('roster.cause_AWAY') : t('roster.cause_AWAY_until', { at: instant(at) })
		case 'NOT_HELD':
			return at === null ? t('roster.cause_NOT_HELD') : t('roster.cause_NOT_HELD_until', { at: instant(at) })
		default:
			return t(`roster.cause_${kind}`)
	}
}

/** Causes that are about nobody in particular. */
export const isAboutNobody = ({ kind }: CauseView) =>
	kind === 'NOBODY_HOLDS' || kind === 'NOBODY_ELSE' || kind === 'NO_STAGE' || kind === 'COUNTED_ELSEWHERE'
