import { Link } from '@remix-run/react'
import type { TimelineItem } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { type Text, type TextKey } from '#app/messages/create-text.ts'
import { Icon } from './ui/icon.tsx'
import { Time } from './ui/time.tsx'

/** Every step: what, who, when, and its ledger entry. Steps of people and of Charterkeep are told apart. */
export function Timeline({ items }: { items: readonly TimelineItem[] }) {
	const { t } = useWords()
	return (
		<ol className="timeline">
			{items.map((item) => (
				<li key={item.at + item.kind}>
					<span className={`timeline-mark ${item.actor === null ? 'timeline-mark-machine' : ''}`}>
						<Icon name={item.actor === null ? 'machine' : 'person'} />
					</span>
					<div>
						<p>
							<strong>{sentenceOf(item, t)}</strong>
						</p>
						{item.values.reason ? <p>“{item.values.reason}”</p> : null}
						<p className="muted small">
							{item.actor ?? t('requests.machine')} · <Time at={item.at} /> ·{' '}
							{item.entryIndex === null ? (
								t('requests.entryPending')
							) : (
								<Link to={`/record/${item.entryIndex}`}>
									{t('requests.entry', { index: item.entryIndex })}
								</Link>
							)}
						</p>
					</div>
				</li>
			))}
		</ol>
	)
}

function sentenceOf({ kind, values }: TimelineItem, t: Text): string {
	if (kind === 'request.decided')
		return t(values.verdict === 'approve' ? 'kinds.decidedApprove' : 'kinds.decidedDeny', {
			stage: values.stage ?? '',
		})
	if (kind === 'amendment.decided')
		return t(values.verdict === 'sign' ? 'kinds.amendmentSigned' : 'kinds.amendmentRejected')
	if (kind === 'grant.ended' && values.how === 'held_by_other') return t('kinds.grantLeftToOther')
	if (kind.startsWith('vetting.') && (values.act !== undefined || values.item !== undefined))
		return vettingSentence(kind, String(values.act ?? values.item), t)
	return t(kindKey(kind))
}

/** A step of a vetting case, by what was done. */
function vettingSentence(kind: TimelineItem['kind'], what: string, t: Text): string {
	switch (kind) {
		case 'vetting.evidence_recorded':
			return t('vetting.toldEvidence', { item: t(`vetting.item_${what}` as TextKey) })
		case 'vetting.proposed':
			return t('vetting.toldProposed', { act: t(`vetting.do_${what}` as TextKey) })
		case 'vetting.confirmed':
			return t('vetting.toldConfirmed', { act: t(`vetting.did_${what}` as TextKey) })
		default:
			return t(`vetting.did_${what}` as TextKey)
	}
}

/** The words for a kind of entry. */
export function kindKey(kind: TimelineItem['kind']): TextKey {
	return `kinds.${kind.replace('.', '_')}` as TextKey
}
