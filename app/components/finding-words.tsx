import { Link } from '@remix-run/react'
import type { Text } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { FindingSummary, HolderView } from '#app/services/findings/views.ts'
import type { Reaction } from '#workflows/charter/entra.schema.ts'
import type { EntraPlaceView } from '#app/services/views.ts'

type Duration = (ms: number) => string

/** What the charter does about it, as a sentence without its end. */
export function reactionText(reaction: Reaction, t: Text, duration: Duration): string {
	if (reaction.do !== 'decide') return t(`charter.reaction_${reaction.do}`)
	return t(`charter.decide_${reaction.otherwise}`, { time: duration(reaction.withinMs) })
}

/** Where, in words: a role with its scope, or a group. */
function placeText({ name, where, unit }: EntraPlaceView, t: Text): string {
	switch (where) {
		case 'tenant':
			return t('findings.inTenant', { name })
		case 'unit':
			return t('findings.inUnit', { name, unit: unit ?? '' })
		case 'member':
			return t('findings.asMember', { name })
		case 'owner':
			return t('findings.asOwner', { name })
	}
}

/** What a finding is about in few words: where, or which rule. */
export function aboutText({ place, policy }: Pick<FindingSummary, 'place' | 'policy'>, t: Text): string {
	if (policy !== null) return t('findings.aboutPolicy', { name: policy })
	return place === null ? '–' : placeText(place, t)
}

/** From when on something gives access that gives none yet. */
export function Begins({ at }: { at: string | null }) {
	const { t, format } = useWords()
	return (
		<>{at === null ? t('findings.beginsUnsaid') : t('findings.beginsAt', { time: format.instant(at) })}</>
	)
}

/** Whose it is. An account that nobody knows by a name is told by its object id. */
export function Holder({ holder }: { holder: HolderView }) {
	const { t } = useWords()
	const { kind, name, personId, objectId } = holder
	if (objectId === null) return <>{t('findings.ofTenant')}</>
	const shown = name ?? <code className="breaks">{objectId}</code>
	return (
		<>
			{personId === null ? shown : <Link to={`/people/${personId}`}>{shown}</Link>}
			{kind === null || kind === 'user' ? null : (
				<div className="muted small">{t(`findings.holder_${kind}`)}</div>
			)}
			{kind === 'user' && name === null ? (
				<div className="muted small">{t('findings.holderUnknown')}</div>
			) : null}
		</>
	)
}
