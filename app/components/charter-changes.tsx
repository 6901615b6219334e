import type { CharterChanges, CharterText, RoleChange, RolePart } from '#app/services/charter/views.ts'
import { requirementText } from '#app/messages/reasons-in-words.ts'
import { useWords } from '#app/messages/text.tsx'
import { rolePartText } from '#app/messages/charter-in-words.ts'
import { Icon } from './ui/icon.tsx'

/** What changes from one charter to another, role by role, in the words in which roles are read. */
export function CharterChangesView({ changes }: { changes: CharterChanges }) {
	const { t } = useWords()
	const { roles, sections } = changes
	if (roles.length === 0 && sections.length === 0) return <p className="muted">{t('amendments.noChanges')}</p>
	return (
		<ul className="stack">
			{roles.map((change) => (
				<li key={change.key} className="stack stack-tight">
					<h3>
						{change.after?.title ?? change.before?.title}
						{change.status === 'changed' ? null : (
							<span className="muted">
								{' '}
								({t(change.status === 'added' ? 'amendments.roleAdded' : 'amendments.roleRemoved')})
							</span>
						)}
					</h3>
					<ul className="changes">
						<Asks change={change} />
						{change.parts.map((part) => (
							<Part key={part} part={part} change={change} />
						))}
					</ul>
				</li>
			))}
			{sections.length > 0 ? (
				<li>
					<h3>{t('amendments.otherSections')}</h3>
					<ul className="changes">
						{sections.map((section) => (
							<li key={section}>{t(`amendments.section_${section}`)}</li>
						))}
					</ul>
				</li>
			) : null}
		</ul>
	)
}

function Asks({ change: { dropped, added } }: { change: RoleChange }) {
	const words = useWords()
	const { t } = words
	return (
		<>
			{dropped.map((ask, i) => (
				<li key={`-${ask.code}-${i}`} className="change change-dropped">
					<Icon name="minus" />
					<span>
						<span className="visually-hidden">{t('amendments.noLongerAsks')}: </span>
						<del>{requirementText(words, ask)}</del>
					</span>
				</li>
			))}
			{added.map((ask, i) => (
				<li key={`+${ask.code}-${i}`} className="change change-added">
					<Icon name="plus" />
					<span>
						<span className="visually-hidden">{t('amendments.nowAsks')}: </span>
						<ins>{requirementText(words, ask)}</ins>
					</span>
				</li>
			))}
		</>
	)
}

type RoleText = CharterText['roles'][number]

function Part({ part, change: { before, after } }: { part: RolePart; change: RoleChange }) {
	const words = useWords()
	const { t } = words
	if (part === 'other') return <li>{t('amendments.onlyInText')}</li>
	const text = (role: RoleText | null) => (role === null ? '–' : rolePartText(words, role, part))
	return (
		<li>
			{t(`amendments.part_${part}`)}: <del>{text(before)}</del> <span aria-hidden="true">→</span>{' '}
			<ins>{text(after)}</ins>
		</li>
	)
}
