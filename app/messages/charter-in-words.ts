import type { CharterText, RolePart } from '#app/services/charter/views.ts'
import { durationMs } from '#workflows/shared/instants.ts'
import type { Formats } from '#app/utils/format.ts'
import type { Text } from './create-text.ts'
import { periodText } from './reasons-in-words.ts'

type Words = { t: Text; format: Formats }
type RoleText = CharterText['roles'][number]
type StageText = NonNullable<RoleText['access']>['stages'][number]

/** One stage of an approval in words. */
export function stageText(
	{ t, format }: Words,
	{ title, quorum, alongside, denials, withinSeconds, escalation }: StageText,
): string {
	const stage = t('charter.stages', {
		role: title,
		quorum,
		time: format.duration(withinSeconds * 1000),
	})
	const others = (alongside ?? []).map((group) =>
		t('charter.alongsideGroup', { role: group.title, quorum: group.quorum }),
	)
	return [
		stage,
		...(others.length === 0 ? [] : [t('charter.alongside', { others: others.join(', ') })]),
		...(denials === undefined ? [] : [t('charter.denials', { count: denials })]),
		...(escalation === null
			? []
			: [
					t('charter.escalation', {
						role: escalation.title,
						time: format.duration(escalation.afterSeconds * 1000),
					}),
				]),
	].join(', ')
}

/** One part of a role in words, as far as it says anything. */
export function rolePartText(words: Words, role: RoleText, part: Exclude<RolePart, 'other'>): string {
	const { t, format } = words
	const list = (items: readonly string[] | null | undefined) =>
		items === null || items === undefined || items.length === 0 ? t('shell.none') : items.join(', ')
	const { access } = role
	switch (part) {
		case 'title':
		case 'purpose':
			return role[part]
		case 'duties':
			return list(role.duties.map((duty) => t(`charter.duty_${duty}`)))
		case 'handles':
			return t(`charter.marking_${role.handles}`)
		case 'reviewEvery':
		case 'retention': {
			const period = role[part]
			return period === null ? t('shell.none') : periodText(format, period)
		}
		case 'entraRole':
			return access?.entraRole ?? t('shell.none')
		case 'maximumSeconds':
			return access ? format.duration(access.maximumSeconds * 1000) : t('shell.none')
		case 'requestedBy':
			return list(access?.requestedBy)
		case 'benefits':
			return access?.benefits === null ? t('charter.whoAsks') : list(access?.benefits)
		case 'ticketExample':
			return access?.ticketExample ?? t('shell.none')
		case 'stages':
			return list(access?.stages.map((stage) => stageText(words, stage)))
	}
}

/** What shows that somebody is at a facility, in words. */
export function presenceText(
	{ t, format }: Words,
	presence: CharterText['facilities'][number]['presence'],
): string {
	if (presence === 'none') return t('charter.presence_none')
	if (presence === 'network') return t('charter.presence_network')
	return t(presence.network ? 'charter.presence_both' : 'charter.presence_badge', {
		time: format.duration(durationMs(presence.badgeWithin) ?? 0),
	})
}
