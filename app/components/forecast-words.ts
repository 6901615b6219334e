import type { Text, TextKey } from '#app/messages/create-text.ts'
import type { LapseView, SeatView } from '#app/services/forecast/views.ts'
import type { Formats } from '#app/utils/format.ts'
import { findLevel } from '#workflows/charter/clearance-schemes.ts'
import { clauseKey } from './impact-card.tsx'
import type { IconName } from './ui/icon.tsx'

type Words = { t: Text; format: Formats }

/** What people are counted for, in words. */
export const seatTitle = ({ t }: Pick<Words, 't'>, { kind, title }: Pick<SeatView, 'kind' | 'title'>) =>
	kind === 'duty' ? t(`forecast.duty_${title}` as TextKey) : title

/** Whether there will be enough, in words. */
export const outlookText = (
	{ t, format }: Words,
	{ outlook, firstBelow }: { outlook: SeatView['outlook']; firstBelow: { at: string } | null },
) => t(`forecast.outlook_${outlook}`, { date: firstBelow === null ? '' : format.date(firstBelow.at) })

/** The look of each outlook: a badge that exists, and a sign beside its colour. */
export const OUTLOOK_LOOK: Readonly<Record<SeatView['outlook'], { badge: string; icon: IconName }>> = {
	below: { badge: 'badge-not_confirmed', icon: 'alarm' },
	falls: { badge: 'badge-refused', icon: 'alarm' },
	limit: { badge: 'badge-waiting', icon: 'hourglass' },
	enough: { badge: 'badge-active', icon: 'check' },
	uncounted: { badge: 'badge-ended', icon: 'person' },
}

/** What ends, in one line. Never a country. */
export function lapseText({ t }: Pick<Words, 't'>, { kind, detail, codes, byCharter }: LapseView): string {
	if (kind === null)
		return t(byCharter ? 'forecast.byVersion' : 'forecast.byRule', {
			clauses: codes.map((code) => t(clauseKey(code))).join(', '),
		})
	const name = t(`facts.kind_${kind}`)
	return detail === '' ? name : `${name}: ${kind === 'clearance' ? clearanceText(detail) : detail}`
}

/** Scheme and level as people write them. */
export function clearanceText(detail: string): string {
	const [scheme = '', level = ''] = detail.split(' ')
	return `${scheme} ${findLevel(scheme, level)?.name ?? level}`
}

/** What the person no longer fills. A role that decides is named once, as deciding. */
export function lostText(words: Words, { ends }: LapseView): string {
	const deciding = ends.filter(({ kind }) => kind === 'decides').map(({ title }) => title)
	return ends
		.filter(({ kind, title }) => kind !== 'duty' && (kind !== 'role' || !deciding.includes(title)))
		.map(({ kind, title }) => (kind === 'decides' ? words.t('forecast.decidesAs', { title }) : title))
		.join(', ')
}
